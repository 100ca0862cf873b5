/** Counts the members and values of JSON text in one pass before it is parsed, which bounds the cost of parsing. */
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";

export interface JsonTokens {
  /** Colons outside strings; in valid JSON, the number of members of all objects, repeated names included. */
  readonly members: number;
  /** Commas outside strings; in valid JSON, about the number of members and elements. */
  readonly commas: number;
  /** Colons and commas outside strings; in valid JSON, about the number of values. */
  readonly values: number;
  /** True for control characters outside strings; in valid JSON, these are tabs and line ends. */
  readonly hasLineEnds: boolean;
  /** True for a backslash inside a string. */
  readonly hasEscapes: boolean;
  /** True for more than `LONGEST_NUMBER` bytes between two tokens, which are blanks or a number. */
  readonly hasLongGap: boolean;
}

/** Maximum characters of a number in Spark's JSON reader (Jackson's StreamReadConstraints, from 2.15). */
export const LONGEST_NUMBER = 1_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Counts tokens and does not check the grammar. @throws FormatError with the reason `limits` */
export function countJsonTokens(
  bytes: Uint8Array,
  start: number,
  end: number,
  format: string,
  limits: Limits,
): JsonTokens {
  let members = 0;
  let commas = 0;
  let depth = 0;
  let hasLineEnds = false;
  let hasEscapes = false;
  let hasLongGap = false;
  let lastToken = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      for (at++; at < end; at++) {
        const inside = bytes[at] as number;
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) {
          hasEscapes = true;
          at++;
        }
      }
      lastToken = at;
    } else if (byte === COLON) {
      members++;
      lastToken = at;
    } else if (byte === COMMA) {
      commas++;
      if (at - lastToken > LONGEST_NUMBER) hasLongGap = true;
      lastToken = at;
    } else if ((byte & 0xdf) === 0x5b) {
      // 5B and 7B open, 5D and 7D close; the mask removes the bit 0x20, in which arrays and objects differ.
      if (++depth > limits.depth) throw new FormatError(format, beyond("depth", limits.depth), "limits");
      lastToken = at;
    } else if ((byte & 0xdf) === 0x5d) {
      depth--;
      if (at - lastToken > LONGEST_NUMBER) hasLongGap = true;
      lastToken = at;
    } else if (byte < 0x20) hasLineEnds = true;
  }
  if (members + commas > limits.values) throw new FormatError(format, beyond("values", limits.values), "limits");
  return { members, commas, values: members + commas, hasLineEnds, hasEscapes, hasLongGap };
}
