/** Reads what `streamlake trace` is asked for: a record, an object, or a text. */

export type Subject =
  | {
      readonly kind: "record";
      /** `shardId-000000000003`, also with a source before it. */
      readonly shard: string;
      readonly sequenceNumber: string;
      /** The id as given: a record, a user record of an aggregated one (`/0`), or a row (`/0.17`). */
      readonly id: string;
    }
  | { readonly kind: "object"; readonly key: string; readonly bucket?: string }
  | { readonly kind: "text"; readonly text: string };

const RECORD = /^((?:[\w-]+\.)?shardId-\d{12})\/(\d{1,129})(?:\/\d+(?:\.\d+)?)?$/;
const OBJECT = /^(?:s3:\/\/([^/]+)\/)?(.*dt=[^/]+\/hour=[^/]+\/[^/]+\.ndjson\.gz)$/;

export function subjectOf(argument: string): Subject {
  const [, shard, sequenceNumber] = RECORD.exec(argument) ?? [];
  if (shard !== undefined && sequenceNumber !== undefined)
    return { kind: "record", shard, sequenceNumber, id: argument };
  const [, bucket, key] = OBJECT.exec(argument) ?? [];
  if (key !== undefined) return { kind: "object", key, ...(bucket !== undefined && { bucket }) };
  return { kind: "text", text: argument };
}
