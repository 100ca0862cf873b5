/** Reads CSV of any size as records for a stream; each has the header and some of the rows, byte for byte. */
import { createReadStream } from "node:fs";
import { FormatError } from "../formatError";
import { detectDelimiter } from "./dialect";
import type { CsvOptions } from "./options";
import { CsvRowBytes } from "./rowBytes";

export interface CsvFileOptions extends CsvOptions {
  /** Maximum rows of one record. */
  readonly rowsPerRecord: number;
  /** Maximum bytes of one record; a record of long rows has fewer rows. @default 1048576 (Kinesis' own default) */
  readonly recordBytes?: number;
}

export interface CsvFileRecord {
  /** The header line and the rows, byte for byte, without a byte order mark. */
  readonly payload: Buffer;
  /** Length of the header line in the payload, bytes; 0 without a header. */
  readonly headerBytes: number;
  readonly delimiter: string;
  /** Number of rows in the payload, without the header. */
  readonly rows: number;
  /** The number of the payload's first row in the file, from 1. */
  readonly firstRow: number;
}

const DEFAULT_RECORD_BYTES = 1024 * 1024;
/** The delimiter is detected in the first chunk; without declared columns, a file that has none there is refused. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Uses constant memory. Rows are cut, not checked: the router refuses ragged rows.
 *
 * @param source the file's path, or its bytes
 * @throws FormatError for a file without a delimiter (unless columns or the delimiter are declared), a quote that is never
 * closed, or a row that exceeds a record
 */
export async function* readCsvFile(
  source: string | AsyncIterable<Buffer>,
  options: CsvFileOptions,
): AsyncGenerator<CsvFileRecord> {
  const most = options.recordBytes ?? DEFAULT_RECORD_BYTES;
  let cutter: CsvRowBytes | undefined;
  let batch = new RecordBatch(options.header !== false, options.rowsPerRecord, most, ",");
  const chunks = typeof source === "string" ? createReadStream(source, { highWaterMark: CHUNK_BYTES }) : source;
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    const bytes = cutter === undefined ? withoutByteOrderMark(chunk) : chunk;
    if (cutter === undefined) {
      const delimiter = delimiterOf(bytes, options);
      cutter = new CsvRowBytes(delimiter);
      batch = new RecordBatch(options.header !== false, options.rowsPerRecord, most, delimiter);
    }
    for (const row of cutter.push(bytes)) yield* batch.add(row);
    if (cutter.pendingBytes > most) throw batch.tooLong();
  }
  const last = cutter === undefined ? [] : cutter.end();
  if (last === undefined) throw new FormatError("csv", `row ${batch.nextRow}: a quote is not closed`);
  for (const row of last) yield* batch.add(row);
  yield* batch.flush();
}

function delimiterOf(start: Buffer, options: CsvOptions): string {
  // Every candidate is ASCII, so a decoder of one character per byte finds it, even in a longer encoding.
  const found = options.delimiter ?? detectDelimiter(start.toString("latin1"))?.delimiter;
  if (found !== undefined) return found;
  if (options.columns !== undefined) return ",";
  throw new FormatError("csv", `no comma, semicolon, tab or pipe in the first line of ${start.length} bytes`);
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Collects rows for the next record. */
class RecordBatch {
  /** The number of the next row, from 1; the header is not a row. */
  nextRow = 1;
  private header: Buffer | undefined;
  private rows: Buffer[] = [];
  private bytes = 0;

  constructor(
    private needsHeader: boolean,
    private readonly mostRows: number,
    private readonly mostBytes: number,
    private readonly delimiter: string,
  ) {}

  *add(row: Buffer): Generator<CsvFileRecord> {
    if (this.needsHeader) {
      this.header = row;
      this.needsHeader = false;
      return;
    }
    const headerBytes = this.header?.length ?? 0;
    if (headerBytes + row.length > this.mostBytes) throw this.tooLong();
    if (this.rows.length === this.mostRows || headerBytes + this.bytes + row.length > this.mostBytes)
      yield* this.flush();
    this.rows.push(row);
    this.bytes += row.length;
    this.nextRow++;
  }

  *flush(): Generator<CsvFileRecord> {
    if (this.rows.length === 0) return;
    const payload = Buffer.concat(this.header ? [this.header, ...this.rows] : this.rows);
    yield {
      payload,
      headerBytes: this.header?.length ?? 0,
      delimiter: this.delimiter,
      rows: this.rows.length,
      firstRow: this.nextRow - this.rows.length,
    };
    this.rows = [];
    this.bytes = 0;
  }

  tooLong(): FormatError {
    return new FormatError("csv", `row ${this.nextRow}: more than ${this.mostBytes} bytes with the header`, "limits");
  }
}
