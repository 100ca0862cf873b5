/** Stores a shard's records on disk, one JSON line each, with a sparse index in memory. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";

/** A record in the wire format of GetRecords. */
export interface StoredRecord {
  readonly SequenceNumber: string;
  /** Seconds since the epoch, with milliseconds. */
  readonly ApproximateArrivalTimestamp: number;
  readonly PartitionKey: string;
  /** Base64, as the producer sent it. */
  readonly Data: string;
}

/** A reader's position in a log: before the record at this place, whose line starts at this byte. */
export interface LogPosition {
  readonly place: number;
  readonly offset: number;
}

interface IndexEntry extends LogPosition {
  readonly arrivedMillis: number;
}

const INDEX_EVERY_BYTES = 256 * 1024;
const READ_BYTES = 1024 * 1024;
const LINE_END = 10;

export class ShardLog {
  private readonly file: number;
  private readonly index: IndexEntry[] = [];
  private bytes = 0;
  private records = 0;
  /** The bytes of the records' data, decoded. */
  payloadBytes = 0;
  private indexedBytes = Number.NEGATIVE_INFINITY;

  constructor(readonly path: string) {
    this.file = openSync(path, "w+");
  }

  /** Number of records appended so far; their places are 1 to this number. */
  get count(): number {
    return this.records;
  }

  /** Arrival time of the first record; undefined while there is none. */
  get oldestMillis(): number | undefined {
    return this.index[0]?.arrivedMillis;
  }

  get start(): LogPosition {
    return { place: 1, offset: 0 };
  }

  get end(): LogPosition {
    return { place: this.records + 1, offset: this.bytes };
  }

  append(records: readonly StoredRecord[], arrivedMillis: number): void {
    if (this.bytes - this.indexedBytes >= INDEX_EVERY_BYTES) {
      this.index.push({ ...this.end, arrivedMillis });
      this.indexedBytes = this.bytes;
    }
    let lines = "";
    for (const record of records) {
      lines += lineOf(record);
      this.payloadBytes += Buffer.byteLength(record.Data, "base64");
    }
    const encoded = Buffer.from(lines, "utf8");
    for (let written = 0; written < encoded.length; ) {
      written += writeSync(this.file, encoded, written, encoded.length - written, this.bytes + written);
    }
    this.bytes += encoded.length;
    this.records += records.length;
  }

  /** The position of a record by its place, which must be within the log or at its end. */
  at(place: number): LogPosition {
    const entry = this.lastEntry((candidate) => candidate.place <= place) ?? this.start;
    return this.skip(entry, (_record, at) => at < place);
  }

  /** The position of the first record that arrived at this time or later, or the end. */
  arrivedSince(millis: number): LogPosition {
    const entry = this.lastEntry((candidate) => candidate.arrivedMillis < millis) ?? this.start;
    return this.skip(entry, (record) => Math.round(record.ApproximateArrivalTimestamp * 1000) < millis);
  }

  /**
   * The next records, up to both limits (approximate for bytes) but at least one if any is left, and the next position.
   */
  read(from: LogPosition, limit: number, maxDataBytes: number): { records: StoredRecord[]; next: LogPosition } {
    const records: StoredRecord[] = [];
    let { offset } = from;
    let dataBytes = 0;
    while (records.length < limit && offset < this.bytes) {
      const chunk = this.lines(offset);
      let end = 0;
      while (end < chunk.length && records.length < limit) {
        const lineEnd = chunk.indexOf(LINE_END, end);
        const record = JSON.parse(chunk.toString("utf8", end, lineEnd)) as StoredRecord;
        dataBytes += record.Data.length * 0.75 + record.PartitionKey.length;
        if (dataBytes > maxDataBytes && records.length > 0) {
          return { records, next: { place: from.place + records.length, offset: offset + end } };
        }
        records.push(record);
        end = lineEnd + 1;
      }
      offset += end;
    }
    return { records, next: { place: from.place + records.length, offset } };
  }

  close(): void {
    closeSync(this.file);
  }

  private skip(from: LogPosition, isBefore: (record: StoredRecord, place: number) => boolean): LogPosition {
    let { place, offset } = from;
    while (offset < this.bytes) {
      const { records } = this.read({ place, offset }, 1000, READ_BYTES);
      for (const record of records) {
        if (!isBefore(record, place)) return { place, offset };
        place += 1;
        offset += Buffer.byteLength(lineOf(record));
      }
    }
    return { place, offset };
  }

  /** Whole lines from an offset: about `READ_BYTES`, or one line if it is longer. */
  private lines(offset: number): Buffer {
    for (let size = READ_BYTES; ; size *= 4) {
      const wanted = Math.min(size, this.bytes - offset);
      const buffer = Buffer.allocUnsafe(wanted);
      let read = 0;
      while (read < wanted) read += readSync(this.file, buffer, read, wanted - read, offset + read);
      const end = buffer.lastIndexOf(LINE_END);
      if (end >= 0) return buffer.subarray(0, end + 1);
    }
  }

  private lastEntry(fits: (entry: IndexEntry) => boolean): IndexEntry | undefined {
    let low = 0;
    let high = this.index.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (fits(this.index[middle] as IndexEntry)) low = middle + 1;
      else high = middle;
    }
    return this.index[low - 1];
  }
}

function lineOf(record: StoredRecord): string {
  const { SequenceNumber, ApproximateArrivalTimestamp, PartitionKey, Data } = record;
  return `{"SequenceNumber":"${SequenceNumber}","ApproximateArrivalTimestamp":${ApproximateArrivalTimestamp},"PartitionKey":${JSON.stringify(PartitionKey)},"Data":"${Data}"}\n`;
}
