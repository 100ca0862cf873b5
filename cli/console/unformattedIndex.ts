/** Groups the unformatted records of a run, each object once, and finds the bytes of a record. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { UnformattedAnswer, UnformattedGroupView, UnformattedRecord } from "../../console/wire";
import { readLines, readUnformattedLine } from "../../lake/envelope";
import { parseObjectKey } from "../../lake/objectKey";
import { generalDetail } from "../../lake/reasons";
import { filesBelow } from "../../local/duckdb/files";
import { landedRuns } from "../../local/ledger/landedRuns";
import { findUnformatted, type UnformattedObject } from "../run/unformatted";

const MAX_EXAMPLES = 20;
/** Bytes of a record that a page shows; `streamlake inspect --record` prints all. */
const MAX_BYTES = 4096;

type Group = { -readonly [K in keyof UnformattedGroupView]: UnformattedGroupView[K] } & { examples: string[] };

export class UnformattedIndex {
  private readonly known = new Set<string>();
  private readonly objects: UnformattedObject[] = [];
  private readonly seen = new Set<string>();
  private readonly byName = new Map<string, Group>();
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
      const general = generalDetail(detail);
      const name = JSON.stringify([table, hour, reason, general]);
      const group = this.byName.get(name) ?? { table, hour, reason, detail: general, records: 0, examples: [] };
      group.records += 1;
      if (group.examples.length < MAX_EXAMPLES) group.examples.push(id);
      this.byName.set(name, group);
    }
  }
}

/** Programs choose the prefixes, so the lines decide. */
async function holdsRecords(file: string): Promise<boolean> {
  for await (const [first] of landedRuns(file)) if (first) return !first.isRaw;
  return false;
}
