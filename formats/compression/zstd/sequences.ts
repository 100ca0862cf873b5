/** Executes the sequences of a compressed Zstandard block: alternating literals and matches (RFC 8878, section 3.1.1.3.2). */
import { BackwardBits, CorruptZstd } from "./bits";
import type { BlockState } from "./literals";
import { type FseTable, fseTable, readFseTable, repeatedSymbol } from "./tables";

/** The output of a block. */
interface Target {
  readonly bytes: Uint8Array;
  /** Bytes of the frame that are already written. */
  readonly length: number;
  /** The end of the block's output; no byte is written at or after it. */
  readonly most: number;
  /** The maximum distance back to the start of a match. */
  readonly window: number;
}

interface Code {
  readonly largestAccuracy: number;
  readonly symbols: number;
  readonly predefined: FseTable;
}

const LITERAL_BASES = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024,
  2048, 4096, 8192, 16384, 32768, 65536,
];
const LITERAL_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
];
const MATCH_BASES = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
  34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
];
const MATCH_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3,
  3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
];

/** The codes of literal lengths, offsets and match lengths (section 3.1.1.3.2.2). */
const CODES: readonly [Code, Code, Code] = [
  {
    largestAccuracy: 9,
    symbols: 36,
    predefined: fseTable(
      [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
      6,
    ),
  },
  {
    largestAccuracy: 8,
    symbols: 32,
    predefined: fseTable(
      [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
      5,
    ),
  },
  {
    largestAccuracy: 9,
    symbols: 53,
    predefined: fseTable(
      [
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
      ],
      6,
    ),
  },
];

/** Writes the block's bytes; returns the new length of the output. */
export function runSequences(
  bytes: Uint8Array,
  start: number,
  end: number,
  literals: Uint8Array,
  state: BlockState,
  target: Target,
): number {
  const { count, at } = sequenceCount(bytes, start, end);
  if (count === 0) {
    if (at !== end) throw new CorruptZstd("bytes follow a block without sequences");
    return copyLiterals(literals, 0, literals.length, target, target.length);
  }
  const streamStart = readTables(bytes, at, end, state);
  const stream = new BackwardBits(bytes, streamStart, end);
  const [literalTable, offsetTable, matchTable] = state.tables as [FseTable, FseTable, FseTable];
  let literalState = stream.take(literalTable.accuracy);
  let offsetState = stream.take(offsetTable.accuracy);
  let matchState = stream.take(matchTable.accuracy);
  let length = target.length;
  let literalAt = 0;
  for (let index = 0; index < count; index++) {
    const offsetCode = offsetTable.symbols[offsetState] as number;
    const literalCode = literalTable.symbols[literalState] as number;
    const matchCode = matchTable.symbols[matchState] as number;
    const offsetValue = 2 ** offsetCode + stream.take(offsetCode);
    const matchLength = (MATCH_BASES[matchCode] as number) + stream.take(MATCH_BITS[matchCode] as number);
    const literalLength = (LITERAL_BASES[literalCode] as number) + stream.take(LITERAL_BITS[literalCode] as number);
    const offset = nextOffset(state.offsets, offsetValue, literalLength);
    length = copyLiterals(literals, literalAt, literalAt + literalLength, target, length);
    literalAt += literalLength;
    length = copyMatch(offset, matchLength, target, length);
    if (index < count - 1) {
      literalState = next(literalTable, literalState, stream);
      matchState = next(matchTable, matchState, stream);
      offsetState = next(offsetTable, offsetState, stream);
    }
    if (stream.left < 0) throw new CorruptZstd("sequences are cut short");
  }
  if (stream.left !== 0) throw new CorruptZstd("sequences do not end where their bits do");
  return copyLiterals(literals, literalAt, literals.length, target, length);
}

function next(table: FseTable, state: number, stream: BackwardBits): number {
  return (table.bases[state] as number) + stream.take(table.bits[state] as number);
}

function sequenceCount(bytes: Uint8Array, start: number, end: number): { count: number; at: number } {
  const [first, second, third] = [bytes[start] ?? 0, bytes[start + 1] ?? 0, bytes[start + 2] ?? 0];
  const size = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (start + size > end) throw new CorruptZstd("a block is cut short");
  const count = size === 1 ? first : size === 2 ? ((first - 128) << 8) | second : (second | (third << 8)) + 0x7f00;
  return { count, at: start + size };
}

/** Sets the block's three tables; returns the position of the sequences' bit stream. */
function readTables(bytes: Uint8Array, start: number, end: number, state: BlockState): number {
  const modes = bytes[start] ?? 0;
  if (start >= end || (modes & 3) !== 0) throw new CorruptZstd("a block's tables are of no known kind");
  let at = start + 1;
  CODES.forEach(({ largestAccuracy, symbols, predefined }, index) => {
    const mode = (modes >> (6 - 2 * index)) & 3;
    if (mode === 0) state.tables[index] = predefined;
    else if (mode === 1) {
      const symbol = bytes[at++] ?? symbols;
      if (at > end || symbol >= symbols) throw new CorruptZstd("a table's symbol is none of its code");
      state.tables[index] = repeatedSymbol(symbol);
    } else if (mode === 2) {
      const read = readFseTable(bytes, at, end, largestAccuracy, symbols);
      state.tables[index] = read.table;
      at = read.end;
    } else if (!state.tables[index]) throw new CorruptZstd("a block repeats a table that there is not");
  });
  return at;
}

/** Values up to 3 refer to the last three offsets (section 3.1.1.5). */
function nextOffset(offsets: [number, number, number], value: number, literalLength: number): number {
  if (value > 3) {
    offsets[2] = offsets[1];
    offsets[1] = offsets[0];
    offsets[0] = value - 3;
    return offsets[0];
  }
  const index = value - 1 + (literalLength === 0 ? 1 : 0);
  const offset = index === 3 ? offsets[0] - 1 : (offsets[index] as number);
  if (index > 1) offsets[2] = offsets[1];
  if (index > 0) offsets[1] = offsets[0];
  offsets[0] = offset;
  return offset;
}

function copyLiterals(literals: Uint8Array, from: number, to: number, { bytes, most }: Target, length: number): number {
  if (to > literals.length || length + to - from > most) throw new CorruptZstd("a block is longer than it may be");
  if (to - from > 32) bytes.set(literals.subarray(from, to), length);
  else for (let at = from; at < to; at++) bytes[length + at - from] = literals[at] as number;
  return length + to - from;
}

/** A match may overlap its own output, so it is copied byte by byte. */
function copyMatch(offset: number, matchLength: number, { bytes, most, window }: Target, length: number): number {
  if (offset === 0 || offset > length || offset > window) throw new CorruptZstd("a match begins before the data");
  if (length + matchLength > most) throw new CorruptZstd("a block is longer than it may be");
  for (let at = length; at < length + matchLength; at++) bytes[at] = bytes[at - offset] as number;
  return length + matchLength;
}
