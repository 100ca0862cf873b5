/** A labelled corpus for detection: records of every format and wrapping, whole, cut short and ambiguous, from a seed. */

import { isUtf8 } from "node:buffer";
import { deflateSync, gzipSync } from "node:zlib";
import type { FormatsConfig } from "../../../formats/config";
import type { Row } from "../../../formats/row";
import { aggregate } from "./aggregate";
import { AMBIGUOUS } from "./corpusAmbiguous";
import { encode } from "./encode";
import { encodeFramed, encodeFramedMessage, encodeSingleObject } from "./schemaMessages";
import { type Seeded, seeded } from "./seeded";
import { storeZstd } from "./storeZstd";

/** What a record must turn out to be. */
export interface Labelled {
  /** What it was made as, for messages: `"csv, cut short, in gzip"`. */
  readonly kind: string;
  readonly payload: Buffer;
  /** The format that must claim it, the compression that must refuse it, or `"unknown"`. */
  readonly format: string;
  /** False for one that must be refused; undefined where only the format is certain. */
  readonly hasRows: boolean | undefined;
}

const AVRO = {
  type: "record",
  name: "Reading",
  fields: [
    { name: "sensor", type: "string" },
    { name: "site", type: "string" },
    { name: "celsius", type: "double" },
    { name: "count", type: "int" },
  ],
};
const PROTO =
  'syntax = "proto3"; message Reading { string sensor = 1; string site = 2; double celsius = 3; int32 count = 4; }';
const GLUE_AVRO = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";
const GLUE_PROTO = "0f2b54c1-4b5c-4f0f-9d2c-0a4d1b0c7e11";

/** Every format that needs no lookup, each with what it must be told. */
export const CORPUS_FORMATS = {
  binary: {
    layouts: [
      {
        name: "reading",
        magic: "534c01",
        endianness: "little",
        fields: [
          { name: "sensor", type: "text8" },
          { name: "celsius", type: "f64" },
          { name: "count", type: "i32" },
        ],
      },
    ],
  },
  avro: { schemas: [AVRO], registered: { "17": AVRO, [GLUE_AVRO]: AVRO } },
  protobuf: { messages: [{ proto: PROTO }], registered: { "18": PROTO, [GLUE_PROTO]: PROTO } },
  parquet: {},
  messagepack: {},
  cbor: {},
  json: {},
  ndjson: {},
  xml: { rows: "reading" },
  csv: {},
} as const satisfies FormatsConfig;

interface Kind {
  readonly kind: string;
  readonly format: string;
  make(random: Seeded): Uint8Array;
  /** What a prefix of it must turn out to be; absent where that depends on where it ends. */
  readonly cut?: { readonly format: string; readonly hasRows: boolean | undefined };
}

const refused = (format: string) => ({ format, hasRows: false });
const one = (format: "messagepack" | "cbor" | "json" | "avro", cut: Kind["cut"]): Kind => ({
  kind: format,
  format,
  make: (random) => encode(format, [reading(random)], CORPUS_FORMATS[format]),
  cut,
});

const KINDS: readonly Kind[] = [
  one("json", refused("json")),
  {
    kind: "ndjson",
    format: "ndjson",
    make: (random) => encode("ndjson", rows(random, 2)),
    // Cut in its first line it is JSON that does not end; behind it, rows may be left over.
    cut: undefined,
  },
  ...([",", ";", "\t", "|"] as const).map(
    (delimiter): Kind => ({
      kind: `csv with ${JSON.stringify(delimiter)}`,
      format: "csv",
      make: (random) => encode("csv", rows(random, 1), { delimiter }),
      cut: { format: "csv", hasRows: undefined },
    }),
  ),
  {
    kind: "binary",
    format: "binary",
    make: (random) => encode("binary", rows(random, 1), CORPUS_FORMATS.binary),
    cut: { format: "binary", hasRows: undefined },
  },
  {
    kind: "xml",
    format: "xml",
    make: (random) => encode("xml", rows(random, 1), CORPUS_FORMATS.xml),
    cut: refused("xml"),
  },
  one("messagepack", refused("messagepack")),
  one("cbor", refused("cbor")),
  one("avro", refused("avro")),
  {
    kind: "avro, single object",
    format: "avro",
    make: (random) => encodeSingleObject(reading(random), AVRO),
    cut: refused("avro"),
  },
  {
    kind: "avro, in a frame of Confluent",
    format: "avro",
    make: (random) => encodeFramed(reading(random), AVRO, "17"),
    cut: refused("avro"),
  },
  {
    kind: "avro, in a frame of Glue",
    format: "avro",
    make: (random) => encodeFramed(reading(random), AVRO, GLUE_AVRO),
    cut: refused("avro"),
  },
  {
    kind: "parquet",
    format: "parquet",
    make: (random) => encode("parquet", rows(random, 1)),
  },
  {
    kind: "protobuf",
    format: "protobuf",
    make: (random) => encode("protobuf", [reading(random)], CORPUS_FORMATS.protobuf),
  },
  {
    kind: "protobuf, in a frame of Confluent",
    format: "protobuf",
    make: (random) => encodeFramedMessage(reading(random), { proto: PROTO }, "18", Buffer.of(0)),
    cut: { format: "protobuf", hasRows: undefined },
  },
  {
    kind: "protobuf, in a frame of Glue",
    format: "protobuf",
    make: (random) => encodeFramedMessage(reading(random), { proto: PROTO }, GLUE_PROTO, Buffer.of(0)),
    cut: { format: "protobuf", hasRows: undefined },
  },
];

export const WRAPPINGS: readonly { name: string; wrap(bytes: Uint8Array): Buffer }[] = [
  { name: "gzip", wrap: (bytes) => gzipSync(bytes) },
  { name: "zlib", wrap: (bytes) => deflateSync(bytes) },
  { name: "zstd", wrap: storeZstd },
];

/** Records of every kind by turns, every other one wrapped, every fourth cut short, and the ambiguous ones among them. */
export function* corpus(seed: number, count: number): Generator<Labelled> {
  const random = seeded(seed);
  for (let index = 0; index < count; index++) {
    if (index % 5 === 4) yield wrapped({ ...random.pick(AMBIGUOUS) }, random);
    else yield labelled(KINDS[index % KINDS.length] as Kind, random);
  }
}

/** Payloads as they were before any wrapping and cutting. */
export function plainPayloads(seed: number, count: number): Buffer[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => {
    if (index % 5 === 4) return random.pick(AMBIGUOUS).payload;
    return Buffer.from((KINDS[index % KINDS.length] as Kind).make(random));
  });
}

/** User records in one aggregated record, and what each must turn out to be. */
export function aggregated(seed: number, count: number): { payload: Buffer; users: Labelled[] } {
  const users = [...corpus(seed, count)];
  return { payload: aggregate(users.map(({ payload }) => ({ partitionKey: "k", payload }))), users };
}

function labelled({ kind, format, make, cut }: Kind, random: Seeded): Labelled {
  const payload = Buffer.from(make(random));
  const whole = { kind, payload, format, hasRows: true };
  if (!cut || random.below(4) > 0) return wrapped(whole, random);
  // Behind what tells its format, and before its last three bytes, which may be no more than a line end.
  const start = Math.min(payload.length >> 1, 32);
  const end = start + random.below(payload.length - 3 - start);
  const rest = payload.subarray(0, end);
  // Where the cut goes through a character, what is left is no text: CSV and XML are then not told from any other bytes.
  const isText = isUtf8(rest) || (format !== "csv" && format !== "xml");
  return wrapped({ kind: `${kind}, cut short`, payload: rest, ...(isText ? cut : refused("unknown")) }, random);
}

/** Compressed, and sometimes what is compressed cut short. */
function wrapped(record: Labelled, random: Seeded): Labelled {
  const isWrapped = WRAPPINGS.some(({ name }) => name === record.format);
  if (isWrapped || random.below(2) === 0) return record;
  const { name, wrap } = random.pick(WRAPPINGS);
  const payload = wrap(record.payload);
  if (random.below(8) > 0) return { ...record, kind: `${record.kind}, in ${name}`, payload };
  const end = payload.length - 1 - random.below(Math.min(4, payload.length - 6));
  return {
    kind: `${record.kind}, in ${name} cut short`,
    payload: payload.subarray(0, end),
    format: name,
    hasRows: false,
  };
}

function rows(random: Seeded, atLeast: number): Row[] {
  return Array.from({ length: atLeast + random.below(4) }, () => reading(random));
}

const SITES = ["Zürich", "Łódź", "東京", "Rio", "a,b", 'the "north"', "{x}", "<y>", "…", "São Paulo 🌡"];

function reading(random: Seeded): Row {
  return {
    sensor: `s-${random.below(100_000)}`,
    site: random.pick(SITES),
    celsius: Math.round(random.fraction() * 10_000) / 100 + 0.001,
    count: random.below(2 ** 31 - 1) + 1,
  };
}
