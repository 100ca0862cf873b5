/** Compares the router on full 6 MiB events with the minimum work of any such router; the ratios come from one process. */
import { gzipSync } from "node:zlib";
import { parse } from "papaparse";
import { FORMATS } from "../formats/registry";
import type { KinesisEvent } from "../functions/parts/kinesisEvent";
import { createRouter } from "../functions/router";
import { fullEvent } from "./support/fullEvent";

const ROUNDS = 15;
const WARM_UP_ROUNDS = 5;

interface Workload {
  readonly name: string;
  /** Returns the payload of the record at an index of the event. */
  readonly payload: (index: number) => string;
  /** Parses the text of one payload for the floor, in place of the format's decoder. */
  readonly parse: (text: string) => unknown;
  readonly limit: number;
}

function transaction(index: number, note: string): string {
  return JSON.stringify({
    transactionId: `t-${String(index).padStart(10, "0")}`,
    occurredAt: new Date(Date.UTC(2026, 10, 20, 10) + index * 37).toISOString(),
    store: `store-${index % 211}`,
    customer: { id: `c-${(index * 7919) % 100_003}`, country: ["DE", "FR", "NO", "US"][index % 4] },
    sku: `sku-${(index * 104_729) % 5_003}`,
    quantity: (index % 9) + 1,
    unitPrice: ((index * 31) % 9_999) / 100,
    currency: "EUR",
    note,
  });
}

function csvLines(index: number): string {
  const rows = Array.from({ length: 10 }, (_, row) => {
    const n = index * 10 + row;
    return `${500_000 + n},sku-${(n * 104_729) % 5_003},"item, number ${n % 97}",${(n % 9) + 1},${((n * 31) % 9_999) / 100},c-${n % 4_001},NO`;
  });
  return `invoice,sku,description,quantity,unitPrice,customer,country\r\n${rows.join("\r\n")}\r\n`;
}

const WORKLOADS: Workload[] = [
  { name: "JSON, 270 B", payload: (index) => transaction(index, "x".repeat(61)), parse: JSON.parse, limit: 1.5 },
  { name: "JSON, 840 B", payload: (index) => transaction(index, "lorem ".repeat(105)), parse: JSON.parse, limit: 1.5 },
  {
    name: "CSV, 10 rows",
    payload: csvLines,
    parse: (text) => parse(text, { delimiter: "," }).data,
    limit: 2,
  },
];

/** base64 → UTF-8 → parse → stringify → gzip 1, without checks, object keys or writes. */
function floor(event: KinesisEvent, parsePayload: Workload["parse"]): number {
  let lines = "";
  for (const { kinesis } of event.Records) {
    const value = parsePayload(Buffer.from(kinesis.data, "base64").toString("utf8"));
    for (const row of Array.isArray(value) ? value : [value]) lines += `${JSON.stringify(row)}\n`;
  }
  return gzipSync(lines, { level: 1 }).length;
}

function median(values: number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] as number;
}

async function timed(run: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

async function main(): Promise<void> {
  let rows = 0;
  const router = createRouter(
    {
      formats: { json: {}, ndjson: {}, csv: {} },
      table: "records",
      prefixes: { raw: "raw/", unformatted: "unformatted/" },
      concurrentWrites: 8,
    },
    {
      formats: FORMATS,
      effects: {
        stream: "clicks",
        store: { putIfAbsent: async () => "created" },
        log: (entry) => {
          rows = Number(entry.Rows);
        },
      },
    },
  );
  for (const workload of WORKLOADS) {
    const event = fullEvent(workload.payload);
    const floors: number[] = [];
    const routers: number[] = [];
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      const floorMillis = await timed(() => floor(event, workload.parse));
      const routerMillis = await timed(() => router(event));
      if (round < 0) continue;
      floors.push(floorMillis);
      routers.push(routerMillis);
    }
    const payloadBytes = median(event.Records.map(({ kinesis }) => Buffer.byteLength(kinesis.data, "base64")));
    const ratio = median(routers) / median(floors);
    console.log(
      `router, ${workload.name}: ${ratio.toFixed(2)} times the floor (at most ${workload.limit}); ` +
        `${event.Records.length} records of ${Math.round(payloadBytes)} B, ${rows} rows, ${median(routers).toFixed(0)} ms against ${median(floors).toFixed(0)} ms`,
    );
  }
}

void main();
