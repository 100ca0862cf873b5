/** Routes an event from a file several times and prints its cost; a process of its own, as a Lambda instance is. */
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { FORMATS } from "../../formats/registry";
import type { KinesisEvent } from "../../functions/parts/kinesisEvent";
import { createRouter } from "../../functions/router";
import { CORPUS_FORMATS } from "../../test/formats/support/corpus";
import { NULLS } from "./refusedPayloads";

const ROUNDS = 4;
const { avro } = CORPUS_FORMATS;

export interface Routed {
  /** Processor time of each round; the process is cold in the first. */
  readonly millis: readonly number[];
  /** Peak memory of the process. */
  readonly mebibytes: number;
  readonly records: number;
  readonly rows: number;
  readonly unformatted: number;
  /** Records that are left for the next batch. */
  readonly left: number;
  /** Invocations until all records of the event are routed; only if they are counted. */
  readonly deliveries?: number;
  readonly objectBytes: number;
}

async function main(file: string, countsDeliveries: boolean): Promise<void> {
  let [rows, unformatted, left, objectBytes] = [0, 0, 0, 0];
  const router = createRouter(
    {
      formats: { ...CORPUS_FORMATS, avro: { ...avro, schemas: [...avro.schemas, NULLS] } },
      table: "records",
      prefixes: { raw: "raw/", unformatted: "unformatted/" },
      concurrentWrites: 8,
    },
    {
      formats: FORMATS,
      effects: {
        stream: "readings",
        store: {
          async putIfAbsent(_key, body) {
            await turn();
            objectBytes += body.length;
            return "created";
          },
        },
        log: (entry) => {
          rows = Number(entry.Rows);
          unformatted = Number(entry.Unformatted);
          left = Number(entry.LeftRecords ?? 0);
        },
      },
    },
  );
  const text = readFileSync(file);
  const millis: number[] = [];
  let records = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const event = JSON.parse(text.toString()) as KinesisEvent;
    records = event.Records.length;
    objectBytes = 0;
    const start = process.cpuUsage();
    await router(event);
    const { user, system } = process.cpuUsage(start);
    millis.push((user + system) / 1000);
  }
  const first = { rows, unformatted, left, objectBytes };
  let deliveries = 1;
  if (countsDeliveries) {
    for (const { Records } = JSON.parse(text.toString()) as KinesisEvent; left > 0; deliveries += 1) {
      await router({ Records: Records.slice(-left) });
    }
  }
  const mebibytes = process.resourceUsage().maxRSS / 1024;
  const routed: Routed = { millis, mebibytes, records, ...first };
  console.log(JSON.stringify(countsDeliveries ? { ...routed, deliveries } : routed));
}

void main(process.argv[2] as string, process.argv[3] === "--deliveries");
