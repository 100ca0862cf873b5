/** Payloads that are built to be expensive, by name and for any size. */

import { deflateSync } from "node:zlib";
import { encodeContainer } from "../../formats/avro/containerWrite";
import { withLength, writeLong } from "../../formats/avro/write";
import type { Row } from "../../formats/row";
import { encode } from "../../test/formats/support/encode";

const text =
  (head: string, unit: string, tail = "") =>
  (bytes: number) =>
    Buffer.from(head + unit.repeat(Math.floor((bytes - head.length - tail.length) / unit.length)) + tail);
const binary =
  (head: string, unit: string, tail = "") =>
  (bytes: number) => {
    const [start, end] = [Buffer.from(head, "hex"), Buffer.from(tail, "hex")];
    return Buffer.concat([start, Buffer.alloc(bytes - start.length - end.length, unit, "hex"), end]);
  };
/** A MessagePack array that announces its length. */
const array = (unit: string) => (bytes: number) => {
  const count = Math.floor((bytes - 8) / (unit.length / 2));
  return Buffer.concat([
    Buffer.from(`81a161dd${count.toString(16).padStart(8, "0")}`, "hex"),
    Buffer.alloc((count * unit.length) / 2, unit, "hex"),
  ]);
};
/** An Avro file of one row: a list of equal items, as many as fit into the size, but no more than `most`. */
const avroList =
  (items: unknown, unit: string, most = Number.POSITIVE_INFINITY) =>
  (bytes: number) => {
    const schema = { type: "record", name: "R", fields: [{ name: "a", type: { type: "array", items } }] };
    const empty = encodeContainer([{ a: [] }], schema);
    const marker = empty.subarray(-16);
    // The row count, the block size and the block take one byte each, before the marker of 16.
    const header = empty.subarray(0, -19);
    const item = Buffer.from(unit, "hex");
    const count = Math.min(most, Math.floor((bytes - header.length - 40) / Math.max(1, item.length)));
    const list = [writeLong(BigInt(count)), Buffer.alloc(count * item.length, item), writeLong(0n)];
    return Buffer.concat([header, writeLong(1n), withLength(Buffer.concat(list)), marker]);
  };
/** A Parquet file with one row for every `bytesEach` bytes of the size. */
const parquet = (bytesEach: number, row: (index: number) => Row) => (bytes: number) =>
  Buffer.from(
    encode(
      "parquet",
      Array.from({ length: Math.floor(bytes / bytesEach) }, (_, index) => row(index)),
    ),
  );
/** Distinct names, so that each becomes a member of its own. */
const names = (count: number) => Array.from({ length: count }, (_, index) => index.toString(36).padStart(4, "0"));
const zstdFrame = (block: Buffer) => (bytes: number) =>
  Buffer.concat([
    Buffer.from("28b52ffd0058", "hex"),
    ...Array.from({ length: Math.floor(bytes / block.length) }, () => block),
    Buffer.from("010000", "hex"),
  ]);

export const HOSTILE: Readonly<Record<string, (bytes: number) => Buffer>> = {
  "json, an array of numbers": text('{"a":[0', ",0", "]}"),
  "json, small objects": text('{"a":[{}', ',{"b":1}', "]}"),
  "json, names that are never the same": (bytes) => {
    const object = `{${names(1_500)
      .map((name) => `"${name}":0`)
      .join(",")}}`;
    return Buffer.from(`{"a":[${Array(Math.floor(bytes / (object.length + 1)) || 1).fill(object)}]}`);
  },
  "json, escapes": text('{"a":"', "\\u0041", '"}'),
  "json, deep": text("", "["),
  "json, blanks": text("{", " ", "}"),
  "json, a number": text('{"a":', "1", "}"),
  "ndjson, empty objects": text("", "{}\n"),
  "ndjson, bigints": text("", '{"n":12345678901234567890}\n'),
  "csv, small rows": text("a,b\n", "1,2\n"),
  "csv, quotes": text('a,b\n"', '""', '",1\n'),
  "csv, line ends": text("a,b\n", "\n"),
  "csv, commas": text("a,b\n", ","),
  "csv, delimiters of every kind": text("", ",;\t|"),
  "xml, empty elements": text("<reading>", "<a/>", "</reading>"),
  "xml, attributes": (bytes) =>
    Buffer.from(
      `<x>${`<reading ${names(1_500)
        .map((name) => `a${name}=""`)
        .join(" ")}/>`.repeat(bytes / 15_020)}</x>`,
    ),
  "xml, references": text("<reading>", "&lt;", "</reading>"),
  "xml, ampersands": text("<reading>", "&", "</reading>"),
  "xml, comments": text("<reading>", "<!---->", "</reading>"),
  "xml, instructions": text("<reading>", "<?a?>", "</reading>"),
  "xml, CDATA": text("<reading>", "<![CDATA[]]>", "</reading>"),
  "xml, brackets": text("<reading>", "]", "</reading>"),
  "xml, a name": text("<", "a"),
  "xml, zeros of a reference": text("<reading>&#", "0", ";</reading>"),
  "xml, rows": text("<x>", '<reading a="1">2</reading>', "</x>"),
  "messagepack, nulls": array("c0"),
  "messagepack, empty maps": array("80"),
  "messagepack, empty texts": array("a0"),
  "messagepack, rows": binary("", "81a16101"),
  "messagepack, keys that are never the same": (bytes) => {
    const map = Buffer.concat([
      Buffer.from("de05dc", "hex"),
      ...names(1_500).map((name) => Buffer.concat([Buffer.from([0xa4]), Buffer.from(name), Buffer.from([0])])),
    ]);
    return Buffer.concat(Array.from({ length: Math.floor(bytes / map.length) }, () => map));
  },
  "messagepack, small maps": array("81a16101"),
  "cbor, nulls": binary("a161619f", "f6", "ff"),
  "cbor, pieces of text": binary("a161617f", "60", "ff"),
  "cbor, empty maps": binary("a161619f", "a0", "ff"),
  "cbor, bignums": binary("a161619f", `c2590180${"7f".repeat(384)}`),
  "cbor, times": binary("a161619f", "c11a69200000", "ff"),
  "binary, frames": binary("", `534c0100${"00".repeat(12)}`),
  "gzip, many members": binary("", "1f8b080000000000000303000000000000000000"),
  "zlib, a bomb": (bytes) => deflateSync(Buffer.alloc(bytes * 15), { level: 9 }),
  "zstd, empty blocks": zstdFrame(Buffer.from("000000", "hex")),
  "zstd, repeated bytes": zstdFrame(Buffer.from("02001000", "hex")),
  "zstd, tables": zstdFrame(Buffer.from("440000" + "0000" + "00000000", "hex")),
  "avro, longs": avroList("long", "00"),
  "avro, long longs": avroList("long", "ffffffffffffffffff01"),
  "avro, nothing but null": avroList("null", "", 260_000),
  "avro, empty texts": avroList("string", "00"),
  "avro, empty bytes": avroList("bytes", "00"),
  "avro, empty lists": avroList({ type: "array", items: "int" }, "00"),
  "avro, empty maps": avroList({ type: "map", values: "int" }, "00"),
  "avro, small records": avroList({ type: "record", name: "S", fields: [{ name: "b", type: "int" }] }, "02"),
  "avro, times": avroList({ type: "long", logicalType: "timestamp-millis" }, "02"),
  "avro, times to the microsecond": avroList({ type: "long", logicalType: "timestamp-micros" }, "02"),
  "avro, times to the nanosecond": avroList({ type: "long", logicalType: "timestamp-nanos" }, "02"),
  "avro, dates": avroList({ type: "int", logicalType: "date" }, "02"),
  "avro, times of day": avroList({ type: "int", logicalType: "time-millis" }, "02"),
  "avro, decimals": avroList({ type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "0205"),
  "avro, UUIDs": avroList({ type: "fixed", name: "U", size: 16, logicalType: "uuid" }, "7f".repeat(16)),
  "avro, a file of empty blocks": binary("4f626a01", "02"),
  "protobuf, many fields": binary("", "2001"),
  "parquet, numbers": parquet(12, (index) => ({ n: index })),
  "parquet, texts that differ": parquet(14, (index) => ({ t: `t-${index}` })),
  base64: text("", "SGVsbG8gV29ybGQh"),
  "random text": text("", "the quick brown fox "),
};
