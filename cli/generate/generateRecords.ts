/** Generates records one by one; the seed decides all of them. */
import { gzipSync } from "node:zlib";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { MALFORMATIONS } from "./malformations";
import { createRandom, type Random } from "./random";
import { type GeneratedFormat, RECORD_MAKERS } from "./recordMakers";

export interface GenerateOptions {
  readonly records: number;
  /** The share of malformed records, 0 to 1. The number of malformed records is exact, rounded to whole records. */
  readonly malformed: number;
  /** At least one; all are equally likely. */
  readonly formats: readonly GeneratedFormat[];
  readonly seed: number;
}

/** The share of valid records that are compressed with gzip. */
const GZIPPED = 0.05;

export function* generateRecords(options: GenerateOptions): Generator<OutgoingRecord, void> {
  const random = createRandom(options.seed);
  const kinds = MALFORMATIONS.filter(({ format }) => format === undefined || options.formats.includes(format));
  let malformedLeft = Math.round(options.records * options.malformed);
  for (let index = 0; index < options.records; index++) {
    // Drawing without replacement: the number of malformed records is exact, and their places are random.
    if (random.chance(malformedLeft / (options.records - index))) {
      malformedLeft--;
      const { kind, make } = random.pick(kinds);
      yield { payload: make(random, index), partitionKey: `malformed-${index}`, made: { malformed: kind } };
    } else {
      yield validRecord(random, index, options.formats);
    }
  }
}

function validRecord(random: Random, index: number, formats: readonly GeneratedFormat[]): OutgoingRecord {
  const format = random.pick(formats);
  const { payload, partitionKey } = RECORD_MAKERS[format](random, index);
  const sent = random.chance(GZIPPED) ? gzipSync(payload, { level: 1 }) : payload;
  return { payload: sent, partitionKey, made: { format } };
}
