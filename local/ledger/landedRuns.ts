/** Reads the identities of the rows and records in a landed object; consecutive rows of a record are one run. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { lineHeads } from "./lineHeads";

/** Consecutive rows of a record in raw/, or one line of unformatted/. */
export interface LandedRun {
  readonly isRaw: boolean;
  readonly stream: string;
  /** The record: `shardId-000000000003/4965…`. */
  readonly position: string;
  /** The record in the ids of rows: with the router's source before it, if it has one. */
  readonly rowPosition: string;
  /** The user record's position in an aggregated record, else 0. */
  readonly part: number;
  /** The first row's position in the user record; null for a whole record of unformatted/. */
  readonly first: number | null;
  readonly last: number | null;
  /** The reason why the record is unformatted; null for rows. */
  readonly reason: string | null;
}

/** Maximum bytes before the row or payload: stream name, stream partition key and detail, each fully escaped. */
const LONGEST_HEAD_BYTES = 16 * 1024;

/**
 * Yields the runs of some lines at a time. Does not read the row or payload itself, whatever its length.
 *
 * @param onBytes called with the number of bytes that were read since its last call
 * @throws Error for a line that is not one of the lake's
 */
export async function* landedRuns(
  file: string,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<LandedRun[]> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  createReadStream(file)
    .on("data", (chunk) => onBytes(chunk.length))
    .on("error", (error) => gunzip.destroy(error))
    .pipe(gunzip);
  const reader = new RunReader(file);
  for await (const heads of lineHeads(gunzip, LONGEST_HEAD_BYTES)) {
    for (const head of heads) reader.add(head);
    yield reader.take();
  }
  yield reader.end();
}

const ROW_START = Buffer.from('{"_id":');
const ROW_TAIL = Buffer.from(',"data":');
const RECORD_TAIL = Buffer.from(',"payload":');
const IDENTITY = /^((?:[\w-]+\.)?([\w-]+\/\d+))\/(\d+)(?:\.(\d+))?$/;
const NAME = /^[\w.-]+$/;
const [ZERO, NINE] = [0x30, 0x39];
/** A row's position with more digits is not read as a number here. */
const MAX_DIGITS = 15;

type OpenRun = LandedRun & { first: number; last: number };

class RunReader {
  private finished: LandedRun[] = [];
  private open: OpenRun | undefined;
  /** The bytes of the latest row's line before and after the row's position; the next line of its record repeats them. */
  private before = Buffer.alloc(0);
  private after = Buffer.alloc(0);

  constructor(private readonly file: string) {}

  add(head: Buffer): void {
    const place = this.open && this.placeOfSameRecord(head);
    if (this.open === undefined || place === undefined) this.addParsed(head);
    else this.addRow(this.open, place);
  }

  take(): LandedRun[] {
    const runs = this.finished;
    this.finished = [];
    return runs;
  }

  end(): LandedRun[] {
    if (this.open) this.finished.push(this.open);
    return this.take();
  }

  /** The row's position if all other bytes of the head are those of the latest row. */
  private placeOfSameRecord(head: Buffer): number | undefined {
    const { before, after } = this;
    let at = before.length;
    if (head.compare(before, 0, at, 0, at) !== 0) return undefined;
    let place = 0;
    for (; at < head.length && at - before.length <= MAX_DIGITS; at++) {
      const byte = head[at] as number;
      if (byte < ZERO || byte > NINE) break;
      place = place * 10 + byte - ZERO;
    }
    if (at === before.length || head.compare(after, 0, after.length, at, at + after.length) !== 0) return undefined;
    return place;
  }

  private addRow(open: OpenRun, place: number): void {
    if (place === open.last + 1) open.last = place;
    else {
      this.finished.push(open);
      this.open = { ...open, first: place, last: place };
    }
  }

  private addParsed(head: Buffer): void {
    if (this.open) this.finished.push(this.open);
    this.open = undefined;
    const isRaw = head.subarray(0, ROW_START.length).equals(ROW_START);
    const tail = isRaw ? ROW_TAIL : RECORD_TAIL;
    // Quotes inside the preceding strings are escaped, so the first occurrence is the field itself.
    const end = head.indexOf(tail);
    if (end < 0) throw new Error(`local/ledger: ${this.file} has a line that is not one of the lake's`);
    const names = JSON.parse(`${head.toString("utf8", 0, end)}}`) as Record<string, string | undefined>;
    const [id = "", stream = ""] = isRaw ? [names._id, names._stream] : [names.id, names.stream];
    const [, rowPosition = "", position, part, place] = IDENTITY.exec(id) ?? [];
    const reason = isRaw ? null : (names.reason ?? "");
    if (position === undefined || !NAME.test(stream) || !NAME.test(reason ?? "-") || (isRaw && place === undefined)) {
      throw new Error(`local/ledger: ${this.file} has a line without identity`);
    }
    const row = place === undefined ? null : Number(place);
    const run = { isRaw, stream, position, rowPosition, part: Number(part), first: row, last: row, reason };
    if (!isRaw) {
      this.finished.push(run);
      return;
    }
    this.open = run as OpenRun;
    const beforePlace = ROW_START.length + 1 + rowPosition.length + 1 + String(part).length + 1;
    this.before = Buffer.from(head.subarray(0, beforePlace));
    this.after = Buffer.from(head.subarray(beforePlace + String(place).length, end + tail.length));
  }
}
