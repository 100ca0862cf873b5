/** Waits until all sent records are in `raw/` or `unformatted/` of the lake. */
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { defaults } from "../../lake/defaults";
import { parseDeliveredKey } from "../../lake/delivery/keys";
import { readLines, readUnformattedLine, rowIdOf } from "../../lake/envelope";
import { addHours, type Hour, hourOf, partitionPath } from "../../lake/hour";
import { parseObjectKey } from "../../lake/objectKey";
import { CommandError } from "../errors";
import type { Io } from "../terminal/io";
import { counting } from "../terminal/wording";
import type { TrackedRecords } from "./sendTracked";

export interface Landed {
  /** Ids of rows by table. */
  readonly rows: ReadonlyMap<string, ReadonlySet<string>>;
  /** Records with rows. */
  readonly landed: ReadonlySet<string>;
  readonly unformatted: ReadonlySet<string>;
  /** The hours of their table partitions. */
  readonly hours: ReadonlySet<Hour>;
}

export interface LandedOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly sent: TrackedRecords;
  /** When the first record was sent, milliseconds since 1970. */
  readonly sinceMillis: number;
  /** When to stop waiting. */
  readonly deadlineMillis: number;
  readonly onProgress: (landed: number) => void;
}

const POLL_MILLIS = 2_000;

/** @throws CommandError when records have not landed at the deadline */
export async function awaitLanded(options: LandedOptions, io: Io): Promise<Landed> {
  const { client, bucket, sent, sinceMillis, deadlineMillis, onProgress } = options;
  const rows = new Map<string, Set<string>>();
  const landed = new Set<string>();
  const unformatted = new Set<string>();
  const hours = new Set<Hour>();
  const read = new Set<string>();
  const sending = { abortSignal: io.signal };

  const list = async (prefix: string, delimiter?: string) => {
    const keys: string[] = [];
    const folders: string[] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        Delimiter: delimiter,
        ContinuationToken: token,
      });
      const page = await client.send(command, sending);
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      folders.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []));
      token = page.NextContinuationToken;
    }
    return { keys, folders };
  };

  const readObject = async (key: string, isRaw: boolean) => {
    const object = parseObjectKey(key) ?? parseDeliveredKey(key);
    if (!object) return;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), sending);
    for (const line of readLines((await Body?.transformToByteArray()) ?? new Uint8Array())) {
      const id = isRaw ? rowIdOf(line) : readUnformattedLine(line).id;
      const record = id.split("/", 2).join("/");
      if (!sent.has(record)) continue;
      hours.add(object.hour);
      if (isRaw) {
        landed.add(record);
        rows.set(object.table, (rows.get(object.table) ?? new Set()).add(id));
      } else unformatted.add(record);
    }
  };

  for (;;) {
    const now = io.clock.now();
    for (const prefix of [defaults.prefixes.raw, defaults.prefixes.unformatted]) {
      const { folders } = await list(prefix, "/");
      for (const table of folders) {
        for (let hour = hourOf(sinceMillis); hour <= hourOf(now); hour = addHours(hour, 1)) {
          const { keys } = await list(`${table}${partitionPath(hour)}/`);
          for (const key of keys.filter((one) => !read.has(one))) {
            await readObject(key, prefix === defaults.prefixes.raw);
            read.add(key);
          }
        }
      }
    }
    const missing = [...sent.keys()].filter((record) => !landed.has(record) && !unformatted.has(record));
    onProgress(sent.size - missing.length);
    if (missing.length === 0) return { rows, landed, unformatted, hours };
    if (now >= deadlineMillis) {
      throw new CommandError(
        `streamlake smoke: ${counting(missing.length, "record")} of ${sent.size} did not land in ${bucket} in time, ` +
          `the first is ${missing[0]}; check the event source mapping, the router's log and the bucket of failed batches`,
      );
    }
    await io.clock.sleep(POLL_MILLIS, io.signal);
  }
}
