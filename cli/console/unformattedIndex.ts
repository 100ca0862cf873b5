/** Groups the unformatted records of a run, each object once, and finds the bytes of a record. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import type { RefusedAnswer, UnformattedAnswer, UnformattedGroupView, UnformattedRecord } from "../../console/wire";
import { readLines, readUnformattedLine } from "../../lake/envelope";
import { parseObjectKey } from "../../lake/objectKey";
import { generalDetail } from "../../lake/reasons";
import { filesBelow } from "../../local/duckdb/files";
import { landedRuns } from "../../local/ledger/landedRuns";
import { findUnformatted, type UnformattedObject } from "../run/unformatted";

const MAX_EXAMPLES = 20;
/** Records of a search. */
const MAX_FOUND = 200;
/** Bytes of a record that a page shows; `streamlake inspect --record` prints all. */
const MAX_BYTES = 4096;

type Group = { -readonly [K in keyof UnformattedGroupView]: UnformattedGroupView[K] } & { examples: string[] };

export class UnformattedIndex {
  private readonly known = new Set<string>();
  private readonly objects: UnformattedObject[] = [];
  private readonly seen = new Set<string>();
  private readonly byName = new Map<string, Group>();
  private readonly byReason = new Map<string, Set<UnformattedObject>>();
  private readonly failed = new Map<string, string>();
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly dataDir: string) {}

  /** The most frequent first. */
  async groups(): Promise<UnformattedGroupView[]> {
    await this.readNew();
    return [...this.byName.values()].sort((left, right) => right.records - left.records);
  }

  /** Objects that cannot be read, each with the reason; their records are in no group. */
  async unreadable(): Promise<UnformattedAnswer["unreadable"]> {
    await this.readNew();
    return [...this.failed].map(([object, error]) => ({ object, error }));
  }

  /**
   * The records of a reason, in the objects of the newest hours first.
   *
   * A search that the signal ends rejects with the signal's reason; other work of the process runs between two objects.
   *
   * @param text a part of the id, of the stream partition key, of the detail or of the bytes, without regard to case; empty for all
   */
  async search(reason: string, text: string, signal: AbortSignal): Promise<RefusedAnswer> {
    await this.readNew();
    const wanted = text.toLowerCase();
    const seen = new Set<string>();
    const records: RefusedAnswer["records"][number][] = [];
    const objects = [...(this.byReason.get(reason) ?? [])].sort((one, other) => other.hour.localeCompare(one.hour));
    for (const { file, table } of objects) {
      await setImmediate();
      signal.throwIfAborted();
      for (const line of linesOf(file)) {
        const { id, key, arrived, stream, detail, payload } = line;
        if (line.reason !== reason || seen.has(`${stream}/${id}`)) continue;
        const isWanted =
          wanted === "" ||
          `${id}\n${key}\n${detail}`.toLowerCase().includes(wanted) ||
          Buffer.from(payload).toString("utf8").toLowerCase().includes(wanted);
        if (!isWanted) continue;
        if (records.length === MAX_FOUND) return { records, isCut: true };
        seen.add(`${stream}/${id}`);
        records.push({ id, key, arrived, stream, table, detail });
      }
    }
    return { records, isCut: false };
  }

  async record(id: string): Promise<UnformattedRecord | undefined> {
    await this.readNew();
    const line = findUnformatted(this.objects, id);
    if (!line) return undefined;
    const { payload, ...fields } = line;
    const hex = Buffer.from(payload.subarray(0, MAX_BYTES)).toString("hex");
    return { ...fields, bytes: payload.byteLength, hex };
  }

  /** One after the other, because two at once would read an object twice. A reading that fails is its caller's alone. */
  private readNew(): Promise<void> {
    this.reading = this.reading.catch(() => undefined).then(() => this.read());
    return this.reading;
  }

  private async read(): Promise<void> {
    const buckets = path.join(this.dataDir, "s3");
    for (const file of filesBelow(buckets, ".ndjson.gz")) {
      if (this.known.has(file)) continue;
      const key = path.relative(buckets, file).split(path.sep).join("/");
      const object = parseObjectKey(key);
      try {
        if (object && (await holdsRecords(file))) this.add({ ...object, file });
      } catch (error) {
        // It was deleted after it was listed.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
        this.failed.set(`s3://${key}`, (error as Error).message);
      }
      this.known.add(file);
    }
  }

  /** A record in two objects counts once. */
  private add(object: UnformattedObject): void {
    const { table, hour, file } = object;
    const lines = readLines(readFileSync(file)).map(readUnformattedLine);
    this.objects.push(object);
    for (const { id, reason, detail, stream } of lines) {
      const identity = `${stream}/${id}`;
      if (this.seen.has(identity)) continue;
      this.seen.add(identity);
      this.byReason.set(reason, (this.byReason.get(reason) ?? new Set()).add(object));
      const general = generalDetail(detail);
      const name = JSON.stringify([table, hour, reason, general]);
      const group = this.byName.get(name) ?? { table, hour, reason, detail: general, records: 0, examples: [] };
      group.records += 1;
      if (group.examples.length < MAX_EXAMPLES) group.examples.push(id);
      this.byName.set(name, group);
    }
  }
}

/** Empty for an object that was deleted after it was listed. */
function linesOf(file: string): ReturnType<typeof readUnformattedLine>[] {
  try {
    return readLines(readFileSync(file)).map(readUnformattedLine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Programs choose the prefixes, so the lines decide. */
async function holdsRecords(file: string): Promise<boolean> {
  for await (const [first] of landedRuns(file)) if (first) return !first.isRaw;
  return false;
}
