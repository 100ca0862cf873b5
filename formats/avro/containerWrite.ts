/** Writes rows to Avro container files, for producers and tests. */
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import type { Row } from "../row";
import { AVRO_MAGIC } from "./container";
import { type AvroSchema, parseAvroSchema } from "./schema";
import { withLength, writeAvro, writeLong } from "./write";

/** An object container file of one block. @throws TypeError without a schema, or for rows that the schema cannot hold */
export function encodeContainer(
  rows: readonly Row[],
  schema: AvroSchema | undefined,
  codec: "null" | "deflate" = "null",
): Buffer {
  if (schema === undefined) throw new TypeError("avro needs a schema to encode; give avro.schemas");
  const node = parseAvroSchema(schema);
  const data = Buffer.concat(rows.map((row) => writeAvro(node, row)));
  const block = codec === "deflate" ? deflateRawSync(data) : data;
  // The marker must only be unlikely in the data. As a digest of the block, it is the same for the same rows.
  const sync = createHash("md5").update(block).digest();
  const text = typeof schema === "string" ? schema : JSON.stringify(schema);
  const metadata = { "avro.schema": text, "avro.codec": codec };
  const entries = Object.entries(metadata).flatMap(([name, value]) => [
    withLength(Buffer.from(name)),
    withLength(Buffer.from(value)),
  ]);
  const header = [AVRO_MAGIC, writeLong(BigInt(entries.length / 2)), ...entries, writeLong(0n), sync];
  return Buffer.concat([...header, writeLong(BigInt(rows.length)), withLength(block), sync]);
}
