/** Keeps the rows of a query's result on disk, so that a page of it is read without the others. */
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Rows that are written, and read, together. */
const CHUNK_ROWS = 1000;

interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** Writes each chunk as one line of JSON. */
export class KeptRows<Row> {
  readonly length: number;
  readonly bytes: number;
  readonly #chunks: readonly Place[];

  constructor(
    private readonly file: string,
    rows: readonly Row[],
  ) {
    this.length = rows.length;
    const chunks: Place[] = [];
    let at = 0;
    mkdirSync(path.dirname(file), { recursive: true });
    const written = openSync(file, "w");
    try {
      for (let first = 0; first < rows.length; first += CHUNK_ROWS) {
        const line = Buffer.from(`${JSON.stringify(rows.slice(first, first + CHUNK_ROWS))}\n`);
        writeFileSync(written, line);
        chunks.push({ at, bytes: line.length });
        at += line.length;
      }
    } finally {
      closeSync(written);
    }
    this.bytes = at;
    this.#chunks = chunks;
  }

  /** Like `slice` of an array. */
  slice(start: number, end: number): Row[] {
    const first = Math.floor(start / CHUNK_ROWS);
    const places = this.#chunks.slice(first, Math.ceil(end / CHUNK_ROWS));
    if (places.length === 0) return [];
    const opened = openSync(this.file, "r");
    try {
      const rows = places.flatMap((place) => readChunk<Row>(opened, place));
      return rows.slice(start - first * CHUNK_ROWS, end - first * CHUNK_ROWS);
    } finally {
      closeSync(opened);
    }
  }
}

function readChunk<Row>(file: number, { at, bytes }: Place): Row[] {
  const buffer = Buffer.alloc(bytes);
  readSync(file, buffer, 0, bytes, at);
  return JSON.parse(buffer.toString("utf8")) as Row[];
}
