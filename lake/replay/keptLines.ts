/** An object of `unformatted/` that a replay writes: some lines of another object, with their hash in the key. */
import { readUnformattedLine } from "../envelope";
import { type LandedObject, objectKey } from "../objectKey";
import { compareSequence } from "../sequenceNumber";
import { replayKey } from "./keys";

/**
 * @param prefix ends with `/`
 * @param lines at least one, all of them of the object's table, hour and shard
 */
export function keptLines(
  prefix: string,
  { table, hour, shard }: Pick<LandedObject, "table" | "hour" | "shard">,
  lines: readonly string[],
): { key: string; body: Buffer } {
  const body = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const sequences = lines.map((line) => readUnformattedLine(line).id.split("/")[1] as string).sort(compareSequence);
  const range = {
    shard,
    first: sequences[0] as string,
    last: sequences.at(-1) as string,
    count: lines.length,
  };
  return { key: replayKey(objectKey(prefix, table, hour, range), body), body };
}
