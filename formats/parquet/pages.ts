/** Reads the values of one column of a row group: decompresses and decodes its pages within bounds. */
import { brotliDecompressSync, crc32, gunzipSync } from "node:zlib";
import type { Budget } from "../budget";
import { inflate } from "../compression/inflate";
import { unsnappy } from "../compression/snappy";
import { unzstd } from "../compression/zstd/zstd";
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Value } from "../row";
import { checkDelta, checkRuns, checkThrift, ParquetProblem } from "./guards";
import { type ColumnMetadata, hyparquet, type PageHeader, type SchemaTree, type Stored } from "./library";
import { parquetConverter } from "./values";

/** The number of bytes that all further pages may decompress to. */
export interface PageAllowance {
  bytes: number;
}

export interface ColumnChunk {
  readonly metadata: ColumnMetadata;
  /** The schema elements from the root to the column. */
  readonly path: readonly SchemaTree[];
}

/** One value per row; for columns in lists and structs, the arrays that `assembleNested` takes. */
export function readPages(
  file: Buffer,
  { metadata, path }: ColumnChunk,
  budget: Budget,
  allowance: PageAllowance,
  limits: Limits,
): unknown[] {
  const parquet = hyparquet();
  const element = (path.at(-1) as SchemaTree).element;
  const convert = parquetConverter(element);
  const isText = element.type === "BYTE_ARRAY" || element.type === "FIXED_LEN_BYTE_ARRAY";
  const decoder = { type: metadata.type, element, schemaPath: path, codec: "UNCOMPRESSED" } as const;
  const levels = {
    repetition: bitWidth(parquet.getMaxRepetitionLevel(path)),
    definition: bitWidth(parquet.getMaxDefinitionLevel(path)),
  };
  const output: unknown[] = [];
  let dictionary: Value[] | undefined;
  const start = Number(metadata.dictionary_page_offset || metadata.data_page_offset);
  const end = start + Number(metadata.total_compressed_size);
  if (!(start >= 4 && end <= file.length)) throw new ParquetProblem("a column lies outside the file");

  const convertAll = (values: Stored): Value[] => {
    const converted: Value[] = new Array(values.length);
    for (let index = 0; index < values.length; index++) converted[index] = convert(values[index] as number);
    return converted;
  };
  const reader = { view: new DataView(file.buffer, file.byteOffset, end), offset: start };
  for (let seen = 0; seen < Number(metadata.num_values); ) {
    checkThrift(file.subarray(0, end), reader.offset);
    const header = parquet.parquetHeader(reader);
    const from = reader.offset;
    reader.offset += size(header.compressed_page_size);
    if (reader.offset > end) throw new ParquetProblem("a page lies outside its column");
    const page = unpackPage(file.subarray(from, reader.offset), header, metadata.codec, allowance, limits, budget);
    const view = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
    if (header.dictionary_page_header) {
      const count = size(header.dictionary_page_header.num_values);
      budget.spend(count, 0);
      dictionary = convertAll(parquet.readPlain(view, metadata.type, count, element.type_length));
      continue;
    }
    const about = header.data_page_header ?? header.data_page_header_v2;
    if (!about) throw new ParquetProblem("a page is neither data nor a dictionary");
    const count = size(about.num_values);
    seen += Math.max(1, count);
    budget.spend(count, 0);
    checkPage(page, header, count, levels, metadata.type);
    const { definitionLevels, repetitionLevels, dataPage } = header.data_page_header
      ? parquet.readDataPage(page, header.data_page_header, decoder)
      : parquet.readDataPageV2(page, header, decoder);
    const values = about.encoding.endsWith("_DICTIONARY")
      ? lookUp(dataPage as ArrayLike<number>, dictionary, isText, budget)
      : convertAll(dataPage);
    const assembled = parquet.assembleLists(
      levels.repetition ? output : [],
      definitionLevels,
      repetitionLevels,
      values,
      path,
    ) as unknown[];
    if (assembled !== output) for (let index = 0; index < assembled.length; index++) output.push(assembled[index]);
  }
  return output;
}

/** Looks values up by their dictionary index; each use of a string counts, because one entry may be used many times. */
function lookUp(places: ArrayLike<number>, dictionary: Value[] | undefined, isText: boolean, budget: Budget): Value[] {
  const values: Value[] = new Array(places.length);
  let characters = 0;
  for (let index = 0; index < places.length; index++) {
    const value = dictionary?.[places[index] as number];
    if (value === undefined) throw new ParquetProblem("a value is not in its dictionary");
    if (isText && typeof value === "string") characters += value.length;
    values[index] = value;
  }
  budget.spend(0, characters);
  return values;
}

/** The page's bytes in a buffer of their own, so that no length in the page can reach other payloads. */
function unpackPage(
  bytes: Buffer,
  header: PageHeader,
  codec: string,
  allowance: PageAllowance,
  limits: Limits,
  budget: Budget,
): Uint8Array<ArrayBuffer> {
  // The optional checksum covers the bytes as written (parquet.thrift, PageHeader.crc).
  if (header.crc !== undefined && header.crc !== (crc32(bytes) | 0)) {
    throw new ParquetProblem("a page's checksum does not match", "checksum");
  }
  const expected = size(header.uncompressed_page_size);
  if (expected > allowance.bytes)
    throw new ParquetProblem("its pages are too large (limits.payloadBytes)", "too-large");
  allowance.bytes -= expected;
  // Version 2 pages have uncompressed levels before the data.
  const v2 = header.data_page_header_v2;
  const levels = v2 ? size(v2.definition_levels_byte_length) + size(v2.repetition_levels_byte_length) : 0;
  if (levels > bytes.length) throw new ParquetProblem("a page is shorter than its levels");
  const plain = codec === "UNCOMPRESSED" || v2?.is_compressed === false;
  const data = plain
    ? bytes.subarray(levels)
    : decompress(codec, bytes.subarray(levels), expected - levels, limits, budget);
  if (v2) v2.is_compressed = false;
  if (levels + data.length !== expected) throw new ParquetProblem("a page is not as long as it says");
  const page = new Uint8Array(expected);
  page.set(bytes.subarray(0, levels));
  page.set(data, levels);
  return page;
}

function decompress(codec: string, data: Buffer, expected: number, limits: Limits, budget: Budget): Uint8Array {
  const unpack = Object.hasOwn(CODECS, codec) ? CODECS[codec] : undefined;
  if (!unpack)
    throw new ParquetProblem(`its codec ${codec} is not one of UNCOMPRESSED, ${Object.keys(CODECS).join(", ")}`);
  if (data.length === 0) return data;
  return ofPage(() => budget.unpack(data, { ...limits, payloadBytes: Math.max(1, expected) }, unpack));
}

const CODECS: Readonly<Record<string, (page: Buffer, within: Limits) => Buffer>> = {
  SNAPPY: (page, { payloadBytes }) => unsnappy(page, payloadBytes) ?? broken("SNAPPY"),
  GZIP: (page, within) => inflate("gzip", gunzipSync, page, within),
  ZSTD: unzstd,
  BROTLI: (page, within) => inflate("brotli", brotliDecompressSync as typeof gunzipSync, page, within),
};

/** Converts errors: a page's bound is the size that it states itself, not one of the limits. */
function ofPage(unpack: () => Buffer): Buffer {
  try {
    return unpack();
  } catch (error) {
    if (error instanceof FormatError && error.reason === "too-large") {
      throw new ParquetProblem("a page is not as long as it says");
    }
    throw error;
  }
}

function broken(codec: string): never {
  throw new ParquetProblem(`a page of ${codec} does not decompress`);
}

function checkPage(
  page: Uint8Array,
  { data_page_header: v1, data_page_header_v2: v2 }: PageHeader,
  count: number,
  levels: { repetition: number; definition: number },
  type: string,
): void {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  let at = 0;
  for (const [width, length] of [
    [levels.repetition, v2?.repetition_levels_byte_length],
    [levels.definition, v2?.definition_levels_byte_length],
  ] as const) {
    if (width === 0 && !v2) continue;
    const start = v2 ? at : at + 4;
    const end = start + (v2 ? (length ?? 0) : view.getUint32(at, true));
    if (end > page.length) throw new ParquetProblem("a page is shorter than its levels");
    // With too few levels, the reader would read the bytes that follow as runs of any length.
    if (width > 0 && checkRuns(page, start, end, width, count) < count) {
      throw new ParquetProblem("a page has fewer levels than values");
    }
    at = end;
  }
  const encoding = (v1 ?? v2)?.encoding ?? "";
  if (encoding.endsWith("_DICTIONARY")) checkRuns(page, at + 1, page.length, page[at] ?? 0, count);
  else if (encoding === "RLE" && type === "BOOLEAN") checkRuns(page, at + 4, page.length, 1, count);
  else if (encoding === "DELTA_BINARY_PACKED" || encoding === "DELTA_LENGTH_BYTE_ARRAY") checkDelta(page, at);
  else if (encoding !== "PLAIN" && encoding !== "BYTE_STREAM_SPLIT") {
    throw new ParquetProblem(`the encoding ${encoding} is not read`);
  }
}

/** A length from a header; 0 if absent, refused if negative. */
function size(value: number | bigint | undefined): number {
  const length = Number(value ?? 0);
  if (!Number.isSafeInteger(length) || length < 0) throw new ParquetProblem("a length is negative");
  return length;
}

function bitWidth(value: number): number {
  return 32 - Math.clz32(value);
}
