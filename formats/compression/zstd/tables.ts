/** Builds the tables of Zstandard's two entropy codes: FSE (RFC 8878, section 4.1) and Huffman (section 4.2). */
import { BackwardBits, CorruptZstd } from "./bits";

export interface FseTable {
  readonly accuracy: number;
  /** The symbol of each state. */
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

export interface HuffmanTable {
  readonly bits: number;
  /** The symbol for each value of `bits` bits. */
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Reads the probabilities of an FSE table; `end` is the position after them. */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  end: number,
  largestAccuracy: number,
  mostSymbols: number,
): { table: FseTable; end: number } {
  let bit = start * 8;
  const take = (count: number) => {
    const at = bit >> 3;
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    const found = (word >>> (bit & 7)) & ((1 << count) - 1);
    bit += count;
    return found;
  };
  const accuracy = take(4) + 5;
  if (accuracy > largestAccuracy) throw new CorruptZstd("an FSE table is too large");
  const weights: number[] = [];
  let left = 1 << accuracy;
  while (left > 0) {
    if (weights.length >= mostSymbols) throw new CorruptZstd("an FSE table has too many symbols");
    const width = 32 - Math.clz32(left + 1);
    const low = (1 << (width - 1)) - 1;
    const threshold = (1 << width) - 1 - (left + 1);
    let value = take(width);
    if ((value & low) < threshold) {
      bit -= 1;
      value &= low;
    } else if (value > low) value -= threshold;
    const weight = value - 1;
    left -= Math.abs(weight);
    weights.push(weight);
    for (let zeros = weight === 0 ? take(2) : -1; zeros >= 0; zeros = zeros === 3 ? take(2) : -1) {
      for (let count = 0; count < zeros; count++) weights.push(0);
      if (weights.length > mostSymbols) throw new CorruptZstd("an FSE table has too many symbols");
    }
  }
  const tableEnd = (bit + 7) >> 3;
  if (left < 0 || tableEnd > end) throw new CorruptZstd("an FSE table does not add up");
  return { table: fseTable(weights, accuracy), end: tableEnd };
}

/** @param weights each symbol's share of the states; -1 for a probability of less than one state */
export function fseTable(weights: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy;
  const symbols = new Uint8Array(size);
  const next = weights.map((weight) => Math.abs(weight));
  let high = size;
  weights.forEach((weight, symbol) => {
    if (weight === -1) symbols[--high] = symbol;
  });
  let place = 0;
  weights.forEach((weight, symbol) => {
    for (let count = 0; count < weight; count++) {
      symbols[place] = symbol;
      do place = (place + (size >> 1) + (size >> 3) + 3) & (size - 1);
      while (place >= high);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] as number;
    const number = next[symbol] as number;
    next[symbol] = number + 1;
    const width = accuracy - (31 - Math.clz32(number));
    bits[state] = width;
    bases[state] = (number << width) - size;
  }
  return { accuracy, symbols, bits, bases };
}

/** A table of one symbol, which reads no bits. */
export function repeatedSymbol(symbol: number): FseTable {
  return { accuracy: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** Reads the description of a Huffman tree; `end` is the position after it. */
export function readHuffmanTable(bytes: Uint8Array, start: number, end: number): { table: HuffmanTable; end: number } {
  const header = bytes[start] ?? 0;
  const isDirect = header >= 128;
  const tableEnd = start + 1 + (isDirect ? (header - 126) >> 1 : header);
  if (start >= end || tableEnd > end) throw new CorruptZstd("a Huffman table is cut short");
  const weights = isDirect
    ? Array.from({ length: header - 127 }, (_, index) => {
        const pair = bytes[start + 1 + (index >> 1)] as number;
        return index % 2 === 0 ? pair >> 4 : pair & 15;
      })
    : packedWeights(bytes, start + 1, tableEnd);
  return { table: huffmanTable(weights), end: tableEnd };
}

/** Alternates between two FSE states until one runs out of bits; the other state then holds the last weight. */
function packedWeights(bytes: Uint8Array, start: number, end: number): number[] {
  const { table, end: streamStart } = readFseTable(bytes, start, end, 6, 13);
  const stream = new BackwardBits(bytes, streamStart, end);
  const states = [stream.take(table.accuracy), stream.take(table.accuracy)] as [number, number];
  if (stream.left < 0) throw new CorruptZstd("a Huffman table is cut short");
  const weights: number[] = [];
  for (let turn: 0 | 1 = 0; weights.length <= 254; turn = turn === 0 ? 1 : 0) {
    const state = states[turn];
    weights.push(table.symbols[state] as number);
    states[turn] = (table.bases[state] as number) + stream.take(table.bits[state] as number);
    if (stream.left >= 0) continue;
    weights.push(table.symbols[states[turn === 0 ? 1 : 0]] as number);
    if (weights.length > 255) break;
    return weights;
  }
  throw new CorruptZstd("a Huffman table has too many symbols");
}

/** The last weight is not written: it completes the sum to a power of two. */
function huffmanTable(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 1 << (weight - 1) : 0), 0);
  const bits = 32 - Math.clz32(sum);
  const rest = (1 << bits) - sum;
  if (sum === 0 || bits > 11 || (rest & (rest - 1)) !== 0) throw new CorruptZstd("a Huffman table does not add up");
  const all = [...weights, 32 - Math.clz32(rest)];
  const symbols = new Uint8Array(1 << bits);
  const lengths = new Uint8Array(1 << bits);
  let at = 0;
  for (let weight = 1; weight <= bits; weight++) {
    all.forEach((own, symbol) => {
      if (own !== weight) return;
      const next = at + (1 << (weight - 1));
      symbols.fill(symbol, at, next);
      lengths.fill(bits + 1 - weight, at, next);
      at = next;
    });
  }
  return { bits, symbols, lengths };
}
