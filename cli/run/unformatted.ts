/** Groups unformatted records by their reason, and reads those of a local run from its files. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { readLines, readUnformattedLine, type UnformattedLine } from "../../lake/envelope";
import { type LandedObject, type ObjectRange, parseObjectKey } from "../../lake/objectKey";
import { generalDetail } from "../../lake/reasons";
import { compareSequence } from "../../lake/sequenceNumber";
import { filesBelow } from "../../local/duckdb/files";
import { landedRuns } from "../../local/ledger/landedRuns";

export interface UnformattedObject extends LandedObject {
  readonly file: string;
}

/** Finds all objects with unformatted records by their lines, because programs choose the prefixes. */
export async function unformattedObjects(bucketsDir: string): Promise<UnformattedObject[]> {
  const found: UnformattedObject[] = [];
  for (const file of filesBelow(bucketsDir, ".ndjson.gz")) {
    const object = parseObjectKey(path.relative(bucketsDir, file).split(path.sep).join("/"));
    if (!object) continue;
    for await (const [first] of landedRuns(file)) {
      if (!first) continue;
      if (!first.isRaw) found.push({ ...object, file });
      break;
    }
  }
  return found;
}

export interface UnformattedGroup {
  readonly table: string;
  readonly hour: string;
  readonly reason: string;
  /** The detail without its numbers, so that the same failure at another position is in the same group. */
  readonly detail: string;
  readonly records: number;
  /** The id of one record in the group. */
  readonly example: string;
}

/** Counts records by table, hour, reason and detail; a record in two objects counts once. */
export class UnformattedGroups {
  readonly #groups = new Map<string, UnformattedGroup>();
  readonly #seen = new Set<string>();

  add({ table, hour }: Pick<LandedObject, "table" | "hour">, lines: readonly UnformattedLine[]): void {
    for (const { id, reason, detail, stream } of lines) {
      const identity = `${stream}/${id}`;
      if (this.#seen.has(identity)) continue;
      this.#seen.add(identity);
      const general = generalDetail(detail);
      const name = JSON.stringify([table, hour, reason, general]);
      const group = this.#groups.get(name) ?? { table, hour, reason, detail: general, records: 0, example: id };
      this.#groups.set(name, { ...group, records: group.records + 1 });
    }
  }

  /** The most frequent first. */
  all(): UnformattedGroup[] {
    return [...this.#groups.values()].sort(
      (left, right) => right.records - left.records || (left.detail < right.detail ? -1 : 1),
    );
  }
}

export function groupUnformatted(objects: readonly UnformattedObject[]): UnformattedGroup[] {
  const groups = new UnformattedGroups();
  for (const object of objects) groups.add(object, linesOf(object.file));
  return groups.all();
}

/** @param id `shardId-000000000003/4965…/0` */
export function findUnformatted(objects: readonly UnformattedObject[], id: string): UnformattedLine | undefined {
  for (const object of objects) {
    const line = mayHold(object, id) ? linesOf(object.file).find((one) => one.id === id) : undefined;
    if (line) return line;
  }
  return undefined;
}

/** True if the range in the object's key has the record of this id, or the key has no range. */
export function mayHold({ shard, first, last }: Partial<ObjectRange>, id: string): boolean {
  if (shard === undefined || first === undefined || last === undefined) return true;
  const [of, sequenceNumber = ""] = id.split("/");
  return of === shard && compareSequence(first, sequenceNumber) <= 0 && compareSequence(sequenceNumber, last) <= 0;
}

function linesOf(file: string): UnformattedLine[] {
  return readLines(readFileSync(file)).map(readUnformattedLine);
}
