/** Splits bytes into lines, without line ends and empty lines. Memory holds one chunk and one line. */

export interface Line {
  readonly bytes: Uint8Array;
  /** The line number in the file, from 1; empty lines count. */
  readonly number: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 1;
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      pending.push(chunk.subarray(start, end));
      yield* lineOf(pending, number++);
      pending = [];
      start = end + 1;
    }
    pending.push(chunk.subarray(start));
  }
  yield* lineOf(pending, number);
}

function* lineOf(parts: Uint8Array[], number: number): Generator<Line> {
  const whole = Buffer.concat(parts);
  const bytes = whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole;
  if (bytes.some((byte) => byte !== 0x20 && byte !== 0x09)) yield { bytes, number };
}
