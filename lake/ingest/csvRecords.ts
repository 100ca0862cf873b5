/** Cuts CSV into records: each has the header and some of the rows, byte for byte. */
import { CsvCells } from "../../formats/csv/cells";
import { detectDelimiter } from "../../formats/csv/dialect";
import { CsvRowBytes } from "../../formats/csv/rowBytes";
import { FormatError } from "../../formats/formatError";
import { DEFAULT_LIMITS } from "../../formats/limits";
import { keyOf } from "./partitionKey";
import { IngestRefusal, recordTooLarge } from "./refusal";

export interface CsvCut {
  readonly rowsPerRecord: number;
  /** Maximum bytes of a record, its stream partition key included. */
  readonly maxRecordBytes: number;
  /** False if the first line is a row. */
  readonly hasHeader: boolean;
  /** The key of all records. @default none */
  readonly key: string | undefined;
  /** The column whose value is the key; a record ends where the value changes. @default none */
  readonly column: string | undefined;
}

export interface CsvPart {
  readonly payload: Buffer;
  /** Undefined: the digest of the payload. */
  readonly key: string | undefined;
  readonly rows: number;
}

/** Keeps the list of rows short: a body of line ends and single bytes has millions of rows. */
const CHUNK_BYTES = 64 * 1024;
/** Bytes of a digest that becomes the key. */
const DIGEST_BYTES = 32;

/**
 * Rows are cut, not checked: routers keep ragged rows with their reason.
 *
 * @throws IngestRefusal for a quote that is never closed, and for a row that exceeds a record
 */
export function* csvRecords(body: Buffer, cut: CsvCut): Generator<CsvPart, void> {
  // Every candidate is ASCII, so a decoder of one character per byte finds it. A single column has none, and any is right.
  const delimiter = detectDelimiter(body.toString("latin1", 0, CHUNK_BYTES))?.delimiter ?? ",";
  let header: Buffer | undefined;
  let column = -1;
  let rows: Buffer[] = [];
  let bytes = 0;
  let key: string | undefined;
  let row = 0;

  const part = (): CsvPart => ({ payload: Buffer.concat(header ? [header, ...rows] : rows), key, rows: rows.length });
  for (const line of linesOf(body, delimiter, cut, () => row + 1)) {
    if (cut.hasHeader && header === undefined) {
      header = endedLine(line);
      column = cut.column === undefined ? -1 : (cellsOf(header, delimiter)?.indexOf(cut.column) ?? -1);
      continue;
    }
    row++;
    const rowKey = cut.key ?? (column < 0 ? undefined : keyOf(cellsOf(line, delimiter)?.[column]));
    const around = (header?.length ?? 0) + (rowKey === undefined ? DIGEST_BYTES : Buffer.byteLength(rowKey));
    if (around + line.length > cut.maxRecordBytes) {
      throw recordTooLarge(`row ${row} with the header`, around + line.length, cut.maxRecordBytes);
    }
    const isFull = rows.length === cut.rowsPerRecord || around + bytes + line.length > cut.maxRecordBytes;
    if (rows.length > 0 && (isFull || rowKey !== key)) {
      yield part();
      rows = [];
      bytes = 0;
    }
    key = rowKey;
    rows.push(line);
    bytes += line.length;
  }
  if (rows.length > 0) yield part();
}

/** @param nextRow the number of the next row, for errors */
function* linesOf(
  body: Buffer,
  delimiter: string,
  { maxRecordBytes }: CsvCut,
  nextRow: () => number,
): Generator<Buffer, void> {
  const cutter = new CsvRowBytes(delimiter);
  for (let start = 0; start < body.length; start += CHUNK_BYTES) {
    yield* cutter.push(body.subarray(start, start + CHUNK_BYTES));
    // Also bounds the time for a quote that is never closed: each chunk would read the row from its start.
    if (cutter.pendingBytes > maxRecordBytes) {
      throw recordTooLarge(`row ${nextRow()}`, cutter.pendingBytes, maxRecordBytes);
    }
  }
  const last = cutter.end();
  if (last === undefined) {
    throw new IngestRefusal(400, `The quote that opens in row ${nextRow()} is never closed: close it, or double it.`);
  }
  yield* last;
}

/** A header that ends the body has no line end. */
function endedLine(line: Buffer): Buffer {
  const last = line.at(-1);
  return last === 0x0a || last === 0x0d ? line : Buffer.concat([line, Buffer.from("\n")]);
}

/** Undefined for a line that is not CSV. */
function cellsOf(line: Buffer, delimiter: string): string[] | undefined {
  try {
    return new CsvCells(line.toString(), delimiter, DEFAULT_LIMITS).next();
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
