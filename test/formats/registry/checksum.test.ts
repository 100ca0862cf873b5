/** Content that brings a checksum and does not match it has the reason `checksum`, whatever it is packed by. */

import { crc32, deflateSync, gzipSync } from "node:zlib";
import { Budget } from "../../../formats/budget";
import { xxHash64Low } from "../../../formats/compression/zstd/xxHash64";
import { unzstd } from "../../../formats/compression/zstd/zstd";
import { FormatError } from "../../../formats/formatError";
import { DEFAULT_LIMITS, type Limits } from "../../../formats/limits";
import { hyparquet } from "../../../formats/parquet/library";
import { readPages } from "../../../formats/parquet/pages";
import { Payload } from "../../../formats/payload";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";
import { storeZstd } from "../support/storeZstd";

const ROWS = Buffer.from('{"a":1}\n{"a":2}\n');

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof FormatError) return `${error.reason} ${error.message}`;
    // What Parquet's parts throw; the decoder of the file makes it a FormatError of the same reason.
    const { name, reason, message } = error as { name: string; reason: string; message: string };
    return `${name}: ${reason} ${message}`;
  }
  return "decoded";
}

function changed(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] = (copy.at(at) as number) ^ 1;
  return copy;
}

/** One frame of raw blocks with its content checksum. */
function zstdWithChecksum(content: Uint8Array): Buffer {
  const stored = storeZstd(content);
  stored.writeUInt8(0x04, 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(xxHash64Low(content));
  return Buffer.concat([stored, checksum]);
}

const gzip = gzipSync(ROWS);
const zlib = deflateSync(ROWS);
/** With flag FHCRC and a CRC-16 of the header that is wrong. */
const gzipHeader = Buffer.concat([changed(gzip, 3).subarray(0, 10), Buffer.from([0, 0]), gzip.subarray(10)]);
gzipHeader[3] = 2;

test.each<[string, Buffer, string]>([
  ["gzip's CRC-32", changed(gzip, -8), `gzip: the checksum of ${gzip.length} bytes does not match`],
  ["gzip's length", changed(gzip, -4), `gzip: the checksum of ${gzip.length} bytes does not match`],
  ["gzip's header", gzipHeader, `gzip: the checksum of ${gzip.length + 2} bytes does not match`],
  ["zlib's Adler-32", changed(zlib, -1), `zlib: the checksum of ${zlib.length} bytes does not match`],
  ["Zstandard's checksum", changed(zstdWithChecksum(ROWS), -1), "zstd: the checksum of 29 bytes does not match"],
  ["Zstandard's content", changed(zstdWithChecksum(ROWS), 12), "zstd: the checksum of 29 bytes does not match"],
])("%s", (_, payload, detail) => {
  expect(refusal(() => createDecoder()(payload))).toBe(`checksum formats/${detail}`);
});

test("a whole frame with its checksum decodes", () => {
  expect(createDecoder()(zstdWithChecksum(ROWS)).rows.map(({ row }) => row)).toEqual([{ a: 1 }, { a: 2 }]);
});

test("Node's own Zstandard says so by its code", () => {
  const native = () => {
    throw Object.assign(new Error("Restored data doesn't match checksum"), { code: "ZSTD_error_checksum_wrong" });
  };
  expect(refusal(() => unzstd(zstdWithChecksum(ROWS), DEFAULT_LIMITS, native))).toBe(
    "checksum formats/zstd: the checksum of 29 bytes does not match",
  );
});

/** A file of the rows `{"a":<text>}`, its block packed by hand. */
function avroFile(codec: string, pack: (data: Buffer) => Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length * 2]), Buffer.from(value)]);
  const schema = '{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}';
  const length = Buffer.from([((schema.length * 2) & 0x7f) | 0x80, (schema.length * 2) >> 7]);
  const metadata = [
    Buffer.from([4]),
    text("avro.schema"),
    length,
    Buffer.from(schema),
    text("avro.codec"),
    text(codec),
  ];
  const block = pack(Buffer.concat([text("one"), text("two")]));
  const sync = Buffer.alloc(16, 7);
  const header = Buffer.concat([Buffer.from("Obj\x01"), ...metadata, Buffer.from([0]), sync]);
  return Buffer.concat([header, Buffer.from([4, block.length * 2]), block, sync]);
}

/** One literal, and the CRC-32 of what it stands for. */
function snappy(data: Buffer): Buffer {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(data));
  return Buffer.concat([Buffer.from([data.length, (data.length - 1) << 2]), data, checksum]);
}

test.each<[string, (data: Buffer) => Buffer, string]>([
  ["snappy", snappy, "snappy: a block's checksum does not match"],
  ["zstandard", zstdWithChecksum, "zstd: the checksum of 21 bytes does not match"],
])("a block of %s in an Avro file", (codec, pack, detail) => {
  const decode = createDecoder({ avro: {} });
  expect(decode(avroFile(codec, pack)).rows.map(({ row }) => row)).toEqual([{ a: "one" }, { a: "two" }]);
  const broken = avroFile(codec, (data) => changed(pack(data), -1));
  expect(refusal(() => decode(broken))).toBe(`checksum formats/${detail}`);
});

/** A file of one page, into whose header a CRC-32 is written (field 4, behind the sizes, where no other field is). */
function parquetPage(checksum: (page: Buffer) => number) {
  const file = Buffer.from(encode("parquet", [{ a: 5 }, { a: 7 }]));
  const library = hyparquet();
  const metadata = library.parquetMetadata(file, { geoparquet: false });
  const column = metadata.row_groups[0]?.columns[0]?.meta_data;
  if (!column) throw new Error("the file has no column");
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  const reader = { view: new DataView(file.buffer, file.byteOffset, file.length), offset: start };
  const { compressed_page_size } = library.parquetHeader(reader);
  const crc = checksum(file.subarray(reader.offset, reader.offset + compressed_page_size));
  let after = start;
  for (let field = 1; field <= 3; field++) for (after++; (file[after++] as number) >= 0x80; );
  const zigzag = BigInt.asUintN(32, (BigInt(crc) << 1n) ^ (BigInt(crc) >> 31n));
  const varint: number[] = [];
  for (let left = zigzag; ; left >>= 7n) {
    varint.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    if (left <= 0x7fn) break;
  }
  const next = (file[after] as number) - 0x10;
  const parts = [file.subarray(0, after), Buffer.from([0x15, ...varint, next]), file.subarray(after + 1)];
  const size = Number(column.total_compressed_size) + 1 + varint.length;
  const path = library.getTreePath(library.parquetSchema(metadata), column.path_in_schema);
  const chunk = { metadata: { ...column, total_compressed_size: BigInt(size) }, path };
  return () =>
    readPages(
      Buffer.concat(parts),
      chunk,
      new Budget("parquet", DEFAULT_LIMITS, new Payload(Buffer.alloc(1))),
      { bytes: 1000 },
      DEFAULT_LIMITS,
    );
}

test("a page of Parquet", () => {
  expect(parquetPage((page) => crc32(page) | 0)()).toEqual([5, 7]);
  expect(refusal(parquetPage((page) => crc32(page) ^ 1))).toBe(
    "ParquetProblem: checksum a page's checksum does not match",
  );
});

const LONG = Buffer.from(`{"a":"${"x".repeat(2_000)}"}`);

test.each<[string, Buffer, Partial<Limits>, string]>([
  ["bytes", LONG, {}, "unknown: more than 1000 bytes (limits.payloadBytes)"],
  ["gzip", gzipSync(LONG), {}, " bytes become more than 1000 bytes (limits.payloadBytes)"],
  ["zlib", deflateSync(LONG), {}, " bytes become more than 1000 bytes (limits.payloadBytes)"],
  ["Zstandard", storeZstd(LONG), {}, "zstd: 2017 bytes become more than 1000 bytes (limits.payloadBytes)"],
  [
    "an Avro file's block",
    avroFile("zstandard", () => frameOf("00 58 020010 00 010000")),
    { payloadBytes: 5_000 },
    "zstd: 13 bytes become more than 5000 bytes (limits.payloadBytes)",
  ],
  [
    "Parquet's pages",
    Buffer.from(encode("parquet", [{ a: "x".repeat(5_000) }])),
    {},
    "its pages are too large (limits.payloadBytes)",
  ],
])("more bytes than the bound are too large: %s", (_, payload, limits, detail) => {
  const decode = createDecoder({ json: {}, avro: {}, parquet: {}, limits: { payloadBytes: 1_000, ...limits } });
  expect(refusal(() => decode(payload))).toMatch(/^too-large formats\//);
  expect(refusal(() => decode(payload))).toContain(detail);
});

/** A Zstandard frame, as its bytes are written. */
function frameOf(hex: string): Buffer {
  return Buffer.from(`28b52ffd${hex.replaceAll(" ", "")}`, "hex");
}
