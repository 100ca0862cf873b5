/** Reads a Parquet file of any size as rows, one row group after the other. */
import { type FileHandle, open } from "node:fs/promises";
import { Budget } from "../budget";
import { FILE_PART_LIMITS } from "../fileLimits";
import { FormatError } from "../formatError";
import type { Row } from "../row";
import { checkThrift } from "./guards";
import { type ColumnMetadata, hyparquet, type RowGroup, type SchemaTree } from "./library";
import { checkTree, type GroupRows, readGroup, withoutNames } from "./parquet";

/** The footer's length and the magic. */
const TAIL_BYTES = 8;
/** A row group is in memory with its columns' values. */
const MAX_GROUP_BYTES = 256 * 1024 * 1024;
/** Offsets count from a group's first byte, before which a reader expects the magic of a file. */
const MAGIC_BYTES = 4;

/**
 * The values are those that a router decodes from the same bytes.
 *
 * @param onBytes called with the number of bytes that were read since its last call
 * @throws FormatError for a file that is broken, or has a row group of more than 256 MiB
 */
export async function* readParquetFile(
  path: string,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<Row> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = (start: number, end: number) => readRange(file, start, end);
    if (size < MAGIC_BYTES + TAIL_BYTES) throw cutShort(size);
    const tail = await read(size - TAIL_BYTES, size);
    const footerStart = size - TAIL_BYTES - tail.readUInt32LE();
    if (tail.toString("latin1", 4) !== "PAR1" || footerStart < MAGIC_BYTES) throw cutShort(size);
    const { root, groups } = readFooter(await read(footerStart, size));
    for (const [index, group] of groups.entries()) {
      const [start, end] = rangeOf(group);
      if (start < MAGIC_BYTES || end > footerStart) throw cutShort(size);
      if (end - start > MAX_GROUP_BYTES) throw tooLarge(index, end - start);
      const bytes = await read(start - MAGIC_BYTES, end);
      const { count, make } = readRows(bytes, moved(group, start - MAGIC_BYTES), root);
      for (let row = 0; row < count; row++) yield make(row);
      onBytes(end - start);
    }
  } finally {
    await file.close();
  }
}

/** @param bytes the end of the file, with the whole footer */
function readFooter(bytes: Buffer): { root: SchemaTree; groups: readonly RowGroup[] } {
  return withoutNames(bytes.length, () => {
    const { parquetMetadata, parquetSchema } = hyparquet();
    checkThrift(bytes.subarray(0, bytes.length - TAIL_BYTES), 0);
    const file = parquetMetadata(bytes, { geoparquet: false });
    const root = parquetSchema(file);
    checkTree(root, budgetOf(bytes), 0);
    return { root, groups: file.row_groups };
  });
}

function readRows(bytes: Buffer, group: RowGroup, root: SchemaTree): GroupRows {
  const allowance = { bytes: FILE_PART_LIMITS.payloadBytes };
  return withoutNames(bytes.length, () => readGroup(bytes, group, root, budgetOf(bytes), allowance, FILE_PART_LIMITS));
}

function budgetOf(bytes: Buffer): Budget {
  const unpacked = { bytes: 0, values: 0 };
  return new Budget("parquet", FILE_PART_LIMITS, { recordBytes: bytes.length, unpacked });
}

function cutShort(size: number): FormatError {
  return new FormatError("parquet", `${size} bytes: they do not end as a Parquet file does`);
}

function tooLarge(index: number, bytes: number): FormatError {
  const detail = `row group ${index + 1} has ${bytes} bytes, and at most ${MAX_GROUP_BYTES} fit in memory`;
  return new FormatError("parquet", `${detail}; write smaller row groups`, "limits");
}

async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw cutShort(end);
    at += bytesRead;
  }
  return bytes;
}

/** The first byte of a group's columns, and the byte after the last. */
function rangeOf({ columns }: RowGroup): [number, number] {
  const ranges = columns.flatMap(({ meta_data: column }) => {
    if (!column) return [];
    const start = startOf(column);
    return [[start, start + Number(column.total_compressed_size)] as const];
  });
  return [Math.min(...ranges.map(([start]) => start)), Math.max(...ranges.map(([, end]) => end))];
}

function startOf(column: ColumnMetadata): number {
  return Number(column.dictionary_page_offset || column.data_page_offset);
}

function moved(group: RowGroup, by: number): RowGroup {
  const columns = group.columns.map(({ meta_data: column, ...rest }) => ({
    ...rest,
    ...(column && { meta_data: movedColumn(column, BigInt(by)) }),
  }));
  return { ...group, columns };
}

function movedColumn(column: ColumnMetadata, by: bigint): ColumnMetadata {
  const { dictionary_page_offset: dictionary } = column;
  return {
    ...column,
    data_page_offset: column.data_page_offset - by,
    ...(dictionary && { dictionary_page_offset: dictionary - by }),
  };
}
