/** Reads the beginning of every line of a file, so that long lines use no memory. */

const NEWLINE = 0x0a;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Yields the lines that end in a chunk together: to yield each by itself takes longer than to read it.
 *
 * @param bytes the maximum bytes of each line to return
 */
export async function* lineHeads(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer[]> {
  let held = NOTHING;
  for await (const chunk of chunks) {
    const heads: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      heads.push(joined(held, chunk.subarray(start, end), bytes));
      held = NOTHING;
      start = end + 1;
    }
    if (start < chunk.length) held = joined(held, chunk.subarray(start), bytes);
    yield heads;
  }
  if (held.length > 0) yield [held];
}

function joined(held: Buffer, more: Buffer, bytes: number): Buffer {
  if (held.length === 0) return more.subarray(0, bytes);
  const room = bytes - held.length;
  return room > 0 ? Buffer.concat([held, more.subarray(0, room)]) : held;
}
