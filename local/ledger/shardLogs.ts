/** Reads every record of a stream from local's shard logs. */
import { createReadStream } from "node:fs";
import { lineHeads } from "./lineHeads";
import type { StreamPosition } from "./sourceLines";

interface ShardLogFile {
  readonly shard: string;
  /** An NDJSON file; each line begins with its sequence number. */
  readonly path: string;
}

/** A sequence number has at most 129 digits. */
const HEAD_BYTES = 256;
const CHUNK_BYTES = 1024 * 1024;
const SEQUENCE_NUMBER = /^\{"SequenceNumber":"(\d+)"/;

/** Yields the records of some lines at a time. */
export async function* streamPositions(
  stream: string,
  logs: readonly ShardLogFile[],
): AsyncGenerator<StreamPosition[]> {
  for (const { shard, path } of logs) {
    for await (const heads of lineHeads(createReadStream(path, { highWaterMark: CHUNK_BYTES }), HEAD_BYTES)) {
      yield heads.map((head) => {
        const sequenceNumber = SEQUENCE_NUMBER.exec(head.toString("latin1"))?.[1];
        if (sequenceNumber === undefined) throw new Error(`local/ledger: ${path} has a line without sequence number`);
        return { stream, shard, sequenceNumber };
      });
    }
  }
}
