/** Contents of full events, by name: every format alone, all formats mixed, and the most expensive payloads. */

import { deflateSync, gzipSync } from "node:zlib";
import { encodeContainer } from "../../formats/avro/containerWrite";
import type { Row } from "../../formats/row";
import { aggregate } from "../../test/formats/support/aggregate";
import { CORPUS_FORMATS, corpus } from "../../test/formats/support/corpus";
import { encode } from "../../test/formats/support/encode";
import { seeded } from "../../test/formats/support/seeded";
import { storeZstd } from "../../test/formats/support/storeZstd";
import { HOSTILE } from "./hostilePayloads";
import { REFUSED } from "./refusedPayloads";

/** Returns the payload of the record at an index of the event; undefined ends the event. */
export type Mix = (index: number) => Uint8Array | undefined;

const SEED = 20_261_120;
const random = seeded(SEED);
const SITES = ["Zürich", "Łódź", "東京", "Rio", "a,b", "São Paulo 🌡"];

/** A row that fits every format of the corpus: its Avro schema, its Protobuf message and its binary layout. */
function reading(): Row {
  return {
    sensor: `s-${random.below(100_000)}`,
    site: random.pick(SITES),
    celsius: Math.round(random.fraction() * 10_000) / 100 + 0.001,
    count: random.below(2 ** 31 - 1) + 1,
  };
}

const readings = (count: number) => Array.from({ length: count }, reading);
type Name = keyof typeof CORPUS_FORMATS;
const encoded = (format: Name, rows: Row[]) => Buffer.from(encode(format, rows, CORPUS_FORMATS[format] as object));

/** Repeats a few payloads, because making half a million of them takes longer than routing them. */
function cycle(count: number, make: () => Uint8Array): Mix {
  const payloads = Array.from({ length: count }, make);
  return (index) => payloads[index % payloads.length];
}

/** The same payload in every record. */
const repeated =
  (payload: Uint8Array): Mix =>
  () =>
    payload;

const ONE_ROW: readonly Name[] = ["json", "csv", "xml", "messagepack", "cbor", "binary", "avro", "parquet", "protobuf"];
const MANY_ROWS: readonly Name[] = ["ndjson", "csv", "xml", "messagepack", "cbor", "binary", "avro", "parquet"];

function all(): Mix {
  const payloads = [...corpus(SEED, 8_000)].map(({ payload }) => payload);
  return (index) => payloads[index];
}

/** Rows so alike that they compress close to the limit of expansion. */
function dense(format: Name, times: number): Uint8Array {
  const alike = { sensor: "s-4711", site: "Zürich", celsius: 20.5, count: 42 };
  const rows = Array.from({ length: 20_000 }, (_, index) => ({ ...alike, count: index % times === 0 ? index : 42 }));
  return encoded(format, rows);
}

const aggregated = (count: number, payload: () => Uint8Array) =>
  aggregate(Array.from({ length: count }, () => ({ partitionKey: `u-${random.below(50)}`, payload: payload() })));

/** The payloads that take the longest for their unpacked size, or for the values that they count as. */
const UNPACKED = [
  "xml, attributes",
  "xml, references",
  "xml, empty elements",
  "xml, rows",
  "json, small objects",
  "json, names that are never the same",
  "csv, quotes",
  "csv, line ends",
  "messagepack, keys that are never the same",
  "cbor, times",
  "avro, long longs",
];
type Make = (bytes: number) => Buffer;

/** Gzip within the limit of expansion, however well the bytes compress: the header's file name pads it (RFC 1952). */
function gzipLoosely(bytes: Buffer): Buffer {
  const packed = gzipSync(bytes);
  packed[3] = 0x08;
  return Buffer.concat([
    packed.subarray(0, 10),
    Buffer.alloc(bytes.length / 90, "n"),
    Buffer.from([0]),
    packed.subarray(10),
  ]);
}

/** Rows of a web server's access log, mostly alike. */
function accessLog(index: number, randomBytes: number): { [name: string]: string | number } {
  return {
    time: `2026-11-20T10:04:${String(index % 60).padStart(2, "0")}.123Z`,
    method: "GET",
    path: `/shop/articles/${random.below(200)}/reviews`,
    status: random.below(50) === 0 ? 404 : 200,
    protocol: "HTTP/1.1",
    host: "www.example.com",
    agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    referrer: "https://www.example.com/shop/articles",
    millis: random.below(90),
    request: Buffer.from(Array.from({ length: randomBytes }, () => random.below(256))).toString("base64"),
  };
}

/** The random bytes of a row with which its format compresses to about a twelfth. */
const RANDOM_BYTES = { ndjson: 18, csv: 10, xml: 23 } as const;

/** Gzip of 5,000 rows. */
function accessLogs(format: keyof typeof RANDOM_BYTES): Buffer {
  const rows = Array.from({ length: 5_000 }, (_, index) => accessLog(index, RANDOM_BYTES[format]));
  return gzipSync(encoded(format, rows));
}

const MEBIBYTE = 1024 * 1024;
const nothing = Buffer.alloc(0);
const mixOf =
  (...mixes: Mix[]): Mix =>
  (index) =>
    mixes[index % mixes.length]?.(Math.floor(index / mixes.length));

export const MIXES: Readonly<Record<string, () => Mix>> = {
  ...Object.fromEntries(
    ONE_ROW.map((format) => [`${format}, a row each`, () => cycle(500, () => encoded(format, [reading()]))]),
  ),
  ...Object.fromEntries(
    MANY_ROWS.map((format) => [`${format}, 500 rows each`, () => cycle(8, () => encoded(format, readings(500)))]),
  ),
  "all formats and wrappings": all,
  "all formats and wrappings, aggregated": () => {
    const payloads = [...corpus(SEED, 8_000)].map(({ payload }) => payload);
    return cycle(6, () => aggregated(1_000, () => random.pick(payloads)));
  },
  "json, in gzip, a row each": () => cycle(500, () => gzipSync(encoded("json", [reading()]))),
  "json, in zlib, a row each": () => cycle(500, () => deflateSync(encoded("json", [reading()]))),
  "json, in zstd, a row each": () => cycle(500, () => storeZstd(encoded("json", [reading()]))),
  "ndjson, in gzip, 500 rows each": () => cycle(8, () => gzipSync(encoded("ndjson", readings(500)))),
  "csv, in gzip, 500 rows each": () => cycle(8, () => gzipSync(encoded("csv", readings(500)))),
  "ndjson, in gzip, at 90 times its size": () => repeated(gzipSync(dense("ndjson", 20))),
  "csv, in gzip, near the limit of expansion": () => repeated(gzipSync(dense("csv", 100))),
  "avro, in gzip, near the limit of expansion": () => repeated(gzipSync(dense("avro", 100))),
  "parquet, rows alike": () => repeated(dense("parquet", 100)),
  "ndjson, in gzip, each just below the size that is always allowed": () =>
    repeated(gzipSync(Buffer.from('{"a":1}\n'.repeat(8_000)))),
  "bombs of gzip": () => repeated(gzipSync(Buffer.alloc(40 * MEBIBYTE))),
  "bombs of gzip, small": () => repeated(gzipSync(Buffer.alloc(MEBIBYTE / 16))),
  "avro, files of nothing but null": () => repeated(nulls()),
  "aggregated, user records of nothing": () => repeated(aggregated(60_000, () => nothing)),
  "aggregated, user records of one number": () => cycle(1, () => aggregated(60_000, () => Buffer.from('{"a":1}'))),
  "records of nothing": () => repeated(nothing),
  "records of one number": () => repeated(Buffer.from('{"a":1}')),
  "random bytes": () => cycle(100, () => Buffer.from(Array.from({ length: 400 }, () => random.below(256)))),
  "random bytes, a mebibyte each": () =>
    cycle(1, () => Buffer.from(Array.from({ length: MEBIBYTE }, () => random.below(256)))),
  "json, one record": () => one(encoded("json", [{ readings: readings(45_000) as never }]).subarray(0)),
  "text, one record": () => one(encoded("json", [{ text: "lorem ipsum ".repeat(370_000) }])),
  ...Object.fromEntries(
    Object.entries(HOSTILE).map(([name, make]) => [`hostile: ${name}`, () => repeated(make(MEBIBYTE))]),
  ),
  ...Object.fromEntries(Object.entries(REFUSED).map(([name, make]) => [name, () => repeated(make())])),
  ...Object.fromEntries(
    UNPACKED.map((name) => [
      `hostile, in gzip: ${name}`,
      () => repeated(gzipLoosely((HOSTILE[name] as Make)(4 * MEBIBYTE))),
    ]),
  ),
  ...Object.fromEntries(
    (Object.keys(RANDOM_BYTES) as (keyof typeof RANDOM_BYTES)[]).map((format) => [
      `ordinary, in gzip at a twelfth: ${format}`,
      () => cycle(8, () => accessLogs(format)),
    ]),
  ),
  "all that is hostile": () => mixOf(...Object.values(HOSTILE).map((make) => repeated(make(64 * 1024)))),
};

function one(payload: Uint8Array): Mix {
  return (index) => (index === 0 ? payload : undefined);
}

/** An Avro file of one row, a list of nulls: its items take no bytes. */
function nulls(): Uint8Array {
  const schema = { type: "record", name: "Empty", fields: [{ name: "a", type: { type: "array", items: "null" } }] };
  return encodeContainer([{ a: Array(260_000).fill(null) }], schema);
}
