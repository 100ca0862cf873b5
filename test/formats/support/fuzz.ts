/** Fuzzing: records of the corpus, mutated, through the router's plan, each of which must land in exactly one place. */

import { unaggregate } from "../../../formats/aggregated";
import type { DecodeAtOnce } from "../../../formats/row";
import { readUnformattedLine, recordId } from "../../../lake/envelope";
import type { IncomingRecord } from "../../../lake/record";
import { readRawLine } from "../../lake/support/readRawLine";
import { routeBatch } from "../../lake/support/routeBatch";
import { aggregate } from "./aggregate";
import { CORPUS_FORMATS, plainPayloads, WRAPPINGS } from "./corpus";
import { createDecoder } from "./createDecoder";
import { type Seeded, seeded } from "./seeded";

export interface FuzzResult {
  /** Records of the stream, and the user records in them. */
  readonly records: number;
  readonly parts: number;
  readonly raw: number;
  readonly unformatted: number;
  readonly rows: number;
  /** Parts that landed, by format. */
  readonly formats: Readonly<Record<string, number>>;
  /** What must never be, a sentence each. */
  readonly wrong: readonly string[];
}

const BATCH = 500;
const SHARD = "shardId-000000000003";
const ARRIVED = Date.UTC(2026, 10, 20, 10, 4, 9, 123);
const OPTIONS = { stream: "fuzz", table: "records", prefixes: { raw: "raw/", unformatted: "unformatted/" } };
const INTERESTING = [
  0x00, 0x01, 0x0a, 0x20, 0x22, 0x26, 0x2c, 0x3c, 0x5b, 0x7b, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xdf, 0xff,
];

/** @param count of records of the stream */
export function fuzz(seed: number, count: number): FuzzResult {
  const random = seeded(seed);
  const decode = createDecoder(CORPUS_FORMATS);
  const pool = plainPayloads(seed, 2_000);
  const totals = { records: 0, parts: 0, raw: 0, unformatted: 0, rows: 0, formats: {} as Record<string, number> };
  const wrong: string[] = [];
  for (let done = 0; done < count; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - done) }, (_, index) => {
      return record(String(1_000_000 + done + index), payloadOf(pool, random));
    });
    routeAndCheck(batch, decode, totals, wrong);
  }
  return { ...totals, wrong };
}

function record(sequenceNumber: string, payload: Uint8Array): IncomingRecord {
  return { shard: SHARD, sequenceNumber, arrivedMillis: ARRIVED, partitionKey: "k", payload };
}

type Totals = { -readonly [Name in Exclude<keyof FuzzResult, "wrong" | "formats">]: number } & {
  formats: Record<string, number>;
};

function routeAndCheck(batch: IncomingRecord[], decode: DecodeAtOnce, totals: Totals, wrong: string[]): void {
  const objects = routeBatch(batch, decode, {}, OPTIONS);
  /** By identity: rows that landed, or the bytes that were kept. */
  const landed = new Map<string, number[]>();
  /** By the identity of their record: places of rows that were kept by themselves. */
  const apart = new Map<string, number[]>();
  const kept = new Map<string, Uint8Array>();
  for (const object of objects) {
    const lines = object.text.split("\n").slice(0, -1);
    if (lines.length !== object.range.count) wrong.push(`${object.key} has ${lines.length} lines`);
    for (const line of lines) {
      if (object.kind === "raw") countRow(line, landed, totals, wrong);
      else keepRecord(line, kept, apart, wrong);
    }
  }
  totals.records += batch.length;
  for (const { sequenceNumber, payload } of batch) {
    const parts: readonly { payload: Uint8Array }[] = unaggregate(payload) ?? [{ payload }];
    for (const [place, part] of parts.entries()) {
      totals.parts += 1;
      const id = recordId(SHARD, sequenceNumber, place);
      const bytes = kept.get(id);
      const places = [...(landed.get(id) ?? []), ...(apart.get(id) ?? [])].sort((left, right) => left - right);
      if (places.some((row, index) => row !== index)) wrong.push(`${id} has the rows ${places.join(", ")}`);
      const isRaw = landed.delete(id);
      if (apart.delete(id) && !isRaw) wrong.push(`${id} has rows in unformatted/ alone`);
      const isKept = kept.delete(id);
      totals.raw += Number(isRaw);
      totals.unformatted += Number(isKept);
      if (isRaw === isKept) wrong.push(`${id} is ${isRaw ? "in raw/ and in unformatted/" : "nowhere"}`);
      if (bytes && !Buffer.from(part.payload).equals(bytes)) wrong.push(`${id} is kept with other bytes`);
    }
  }
  for (const id of [...landed.keys(), ...apart.keys(), ...kept.keys()]) wrong.push(`${id} was never sent`);
}

function countRow(line: string, landed: Map<string, number[]>, totals: Totals, wrong: string[]): void {
  const { id, format, json } = readRawLine(line);
  const dot = id.lastIndexOf(".");
  const recordOf = id.slice(0, dot);
  const places = landed.get(recordOf) ?? [];
  if (places.length === 0) totals.formats[format] = (totals.formats[format] ?? 0) + 1;
  landed.set(recordOf, places);
  places.push(Number(id.slice(dot + 1)));
  totals.rows += 1;
  const row: unknown = JSON.parse(json);
  if (typeof row !== "object" || row === null || Array.isArray(row)) wrong.push(`${id} is no object`);
}

function keepRecord(line: string, kept: Map<string, Uint8Array>, apart: Map<string, number[]>, wrong: string[]): void {
  const { id, detail, payload } = readUnformattedLine(line);
  if (kept.has(id)) wrong.push(`${id} is in unformatted/ twice`);
  if (detail.startsWith("the decoder failed")) wrong.push(`${id} (${Buffer.from(payload).toString("hex")}): ${detail}`);
  const [record, place] = id.split(".") as [string, string?];
  if (place === undefined) kept.set(id, payload);
  else apart.set(record, [...(apart.get(record) ?? []), Number(place)]);
}

/** Mostly a record of the pool with a few changes; sometimes wrapped, aggregated, or bytes of chance. */
function payloadOf(pool: readonly Buffer[], random: Seeded): Buffer {
  switch (random.below(20)) {
    case 0:
      return Buffer.from(Array.from({ length: random.below(64) }, () => random.below(256)));
    case 1: {
      const users = Array.from({ length: 1 + random.below(4) }, (_, index) => ({
        partitionKey: `k-${index}`,
        payload: mutate(random.pick(pool), pool, random),
      }));
      const packed = aggregate(users);
      return random.below(4) === 0 ? mutate(packed, pool, random) : packed;
    }
    case 2:
    case 3:
      return random.pick(WRAPPINGS).wrap(mutate(random.pick(pool), pool, random));
    case 4:
      return mutate(random.pick(WRAPPINGS).wrap(random.pick(pool)), pool, random);
    default:
      return mutate(random.pick(pool), pool, random);
  }
}

function mutate(original: Buffer, pool: readonly Buffer[], random: Seeded): Buffer {
  let bytes = Buffer.from(original);
  for (let changes = random.below(3); changes > 0 && bytes.length > 0; changes--) {
    const at = random.below(bytes.length);
    const length = 1 + random.below(Math.min(8, bytes.length - at));
    switch (random.below(7)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = random.pick(INTERESTING);
        break;
      case 2:
        bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      default: {
        const other = random.pick(pool);
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length))]);
      }
    }
  }
  return bytes;
}
