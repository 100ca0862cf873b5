/** Measures how long format detection takes with every format enabled: over the corpus, and for JSON alone. */
import { enabledFormats } from "../formats/config";
import { DEFAULT_LIMITS } from "../formats/limits";
import { Payload } from "../formats/payload";
import { FORMATS } from "../formats/registry";
import { CORPUS_FORMATS, plainPayloads } from "../test/formats/support/corpus";

const RECORDS = 2_000;
const REPEATS = 50;
const ROUNDS = 5;

const readers = enabledFormats(CORPUS_FORMATS, FORMATS).map(({ format, options }) =>
  format.open(options, DEFAULT_LIMITS),
);
const detect = (bytes: Buffer) => {
  const payload = new Payload(bytes);
  return readers.findIndex((reader) => reader.detect(payload));
};
const JSON_PLACE = Object.keys(FORMATS).indexOf("json");

function micros(bytes: Buffer): number {
  const start = process.hrtime.bigint();
  for (let count = 0; count < REPEATS; count++) detect(bytes);
  return Number(process.hrtime.bigint() - start) / 1000 / REPEATS;
}

function median(values: number[]): string {
  return (values.sort((left, right) => left - right)[values.length >> 1] as number).toFixed(2);
}

const payloads = plainPayloads(1, RECORDS);
const best = new Array<number>(RECORDS).fill(Number.POSITIVE_INFINITY);
for (let round = 0; round < ROUNDS; round++) {
  payloads.forEach((bytes, index) => {
    best[index] = Math.min(best[index] as number, micros(bytes));
  });
}
const json = best.filter((_, index) => detect(payloads[index] as Buffer) === JSON_PLACE);
console.log(`detection: median ${median(json)} µs a record for JSON, ${median([...best])} µs over the mix`);
