/** Groups the records that delivery streams could not deliver, each object once: their errors, and the first bytes of some. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { FailedDelivery } from "../../console/wire";
import { defaults } from "../../lake/defaults";
import { isoOf } from "../../lake/hour";
import { filesBelow } from "../../local/duckdb/files";

const MAX_EXAMPLES = 5;
/** Bytes of a record that a page shows. */
const MAX_BYTES = 4096;
/** `failed-deliveries/<delivery stream>/<kind of error>/…` below any prefix. */
const KEY = new RegExp(`(?:^|/)${defaults.prefixes.failedDeliveries}([^/]+)/[^/]+/`);
const GZIP = Buffer.from([0x1f, 0x8b]);

type Group = { -readonly [K in keyof FailedDelivery]: FailedDelivery[K] } & {
  examples: FailedDelivery["examples"][number][];
};

/** Firehose's line for a record. */
interface FailedLine {
  readonly rawData: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** Of a record that cannot be converted to Parquet. */
  readonly lastErrorCode?: string;
  readonly lastErrorMessage?: string;
  readonly arrivalTimestamp: number;
}

export class FailedDeliveries {
  private readonly known = new Set<string>();
  private readonly byName = new Map<string, Group>();

  /** @param folders the directories to read: a page that counts each second does not list the whole lake */
  constructor(private readonly folders: readonly string[]) {}

  /** The most frequent first. */
  groups(): FailedDelivery[] {
    this.read();
    return [...this.byName.values()].sort((left, right) => right.records - left.records);
  }

  /** Records by delivery stream. */
  counts(): Record<string, number> {
    this.read();
    const counts: Record<string, number> = {};
    for (const { delivery, records } of this.byName.values()) counts[delivery] = (counts[delivery] ?? 0) + records;
    return counts;
  }

  private read(): void {
    for (const file of this.folders.flatMap((folder) => filesBelow(folder))) {
      const delivery = KEY.exec(file.split(path.sep).join("/"))?.[1];
      if (delivery === undefined || this.known.has(file)) continue;
      const body = readFileSync(file);
      this.known.add(file);
      const text = (body.subarray(0, 2).equals(GZIP) ? gunzipSync(body) : body).toString("utf8");
      for (const line of text.split("\n")) if (line !== "") this.add(delivery, JSON.parse(line) as FailedLine);
    }
  }

  private add(delivery: string, { rawData, arrivalTimestamp, ...line }: FailedLine): void {
    const errorCode = line.errorCode ?? line.lastErrorCode ?? "";
    const detail = line.errorMessage ?? line.lastErrorMessage ?? "";
    const name = JSON.stringify([delivery, errorCode, detail]);
    const group = this.byName.get(name) ?? { delivery, errorCode, detail, records: 0, examples: [] };
    this.byName.set(name, group);
    group.records += 1;
    if (group.examples.length === MAX_EXAMPLES) return;
    const bytes = Buffer.from(rawData, "base64");
    const hex = bytes.subarray(0, MAX_BYTES).toString("hex");
    group.examples.push({ arrived: isoOf(arrivalTimestamp), bytes: bytes.length, hex });
  }
}
