/** Decodes the literals of a compressed Zstandard block: the bytes that no match copies (RFC 8878, section 3.1.1.3.1). */
import { BackwardBits, CorruptZstd } from "./bits";
import { type FseTable, type HuffmanTable, readHuffmanTable } from "./tables";

/** State that a block inherits from earlier blocks of its frame. */
export interface BlockState {
  huffman: HuffmanTable | undefined;
  /** The tables of literal lengths, offsets and match lengths. */
  readonly tables: [FseTable | undefined, FseTable | undefined, FseTable | undefined];
  readonly offsets: [number, number, number];
}

/** @returns the literals and their end position in the block */
export function readLiterals(
  bytes: Uint8Array,
  start: number,
  end: number,
  state: BlockState,
  most: number,
): { bytes: Uint8Array; end: number } {
  const first = bytes[start] ?? 0;
  const kind = first & 3;
  const sizes = kind < 2 ? plainSizes(bytes, start) : packedSizes(bytes, start);
  if (start >= end || sizes.regenerated > most) throw new CorruptZstd("literals are longer than a block");
  const from = start + sizes.header;
  const to = from + (kind === 1 ? 1 : sizes.compressed);
  if (to > end) throw new CorruptZstd("literals are cut short");
  if (kind === 0) return { bytes: bytes.subarray(from, to), end: to };
  if (kind === 1) return { bytes: new Uint8Array(sizes.regenerated).fill(bytes[from] as number), end: to };

  let streams = from;
  if (kind === 2) {
    const read = readHuffmanTable(bytes, from, to);
    state.huffman = read.table;
    streams = read.end;
  }
  if (!state.huffman) throw new CorruptZstd("literals have no Huffman table");
  const output = new Uint8Array(sizes.regenerated);
  if (!sizes.isFour) readStream(bytes, streams, to, state.huffman, output, 0, output.length);
  else readFourStreams(bytes, streams, to, state.huffman, output);
  return { bytes: output, end: to };
}

interface Sizes {
  readonly header: number;
  readonly regenerated: number;
  readonly compressed: number;
  readonly isFour: boolean;
}

function plainSizes(bytes: Uint8Array, at: number): Sizes {
  const [first, second, third] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  const form = (first >> 2) & 3;
  const header = form === 1 ? 2 : form === 3 ? 3 : 1;
  const regenerated = header === 1 ? first >> 3 : (first >> 4) | (second << 4) | (header === 3 ? third << 12 : 0);
  return { header, regenerated, compressed: regenerated, isFour: false };
}

function packedSizes(bytes: Uint8Array, at: number): Sizes {
  const form = ((bytes[at] ?? 0) >> 2) & 3;
  const header = form < 2 ? 3 : form + 2;
  const width = form < 2 ? 10 : form === 2 ? 14 : 18;
  let number = 0;
  for (let index = header - 1; index >= 0; index--) number = number * 256 + (bytes[at + index] ?? 0);
  const sizes = Math.floor(number / 16);
  const regenerated = sizes % 2 ** width;
  return { header, regenerated, compressed: Math.floor(sizes / 2 ** width), isFour: form !== 0 };
}

function readFourStreams(bytes: Uint8Array, start: number, end: number, table: HuffmanTable, output: Uint8Array): void {
  const each = (output.length + 3) >> 2;
  if (end - start < 6 || each * 3 > output.length) throw new CorruptZstd("literals are cut short");
  let from = start + 6;
  for (let stream = 0; stream < 4; stream++) {
    const jump = start + stream * 2;
    const to = stream === 3 ? end : from + ((bytes[jump] as number) | ((bytes[jump + 1] as number) << 8));
    if (to > end) throw new CorruptZstd("literals are cut short");
    readStream(bytes, from, to, table, output, each * stream, stream === 3 ? output.length : each * (stream + 1));
    from = to;
  }
}

function readStream(
  bytes: Uint8Array,
  start: number,
  end: number,
  table: HuffmanTable,
  output: Uint8Array,
  from: number,
  to: number,
): void {
  const stream = new BackwardBits(bytes, start, end);
  const { bits, symbols, lengths } = table;
  for (let at = from; at < to; at++) {
    const code = stream.peek(bits);
    output[at] = symbols[code] as number;
    stream.left -= lengths[code] as number;
  }
  if (stream.left !== 0) throw new CorruptZstd("literals do not end where their bits do");
}
