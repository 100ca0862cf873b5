/** Splits JSON bytes into the elements of an array, or into concatenated objects, without parsing them. */
import { FormatError } from "../../formats/formatError";

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Finds only where values end, and does not validate them. Broken brackets or quotes never lose a byte: the rest of the
 * input is returned as one more value.
 *
 * @param inArray splits the elements of one array; otherwise each object is a value
 * @throws FormatError after the last value, if the array is not closed: the rest of the file is missing
 */
export async function* jsonValues(chunks: AsyncIterable<Uint8Array>, inArray: boolean): AsyncGenerator<Uint8Array> {
  const borders = new Borders(inArray);
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const found = borders.find(chunk[at] as number);
      if (found === "inside") continue;
      pending.push(chunk.subarray(start, found === "after" ? at + 1 : at));
      start = at + 1;
      const value = trimmed(Buffer.concat(pending));
      pending = [];
      if (value) yield value;
    }
    pending.push(chunk.subarray(start));
  }
  const rest = trimmed(Buffer.concat(pending));
  if (rest) yield rest;
  if (borders.isOpenArray) throw new FormatError("json", "the JSON array is not closed; the file is cut short");
}

/** Classifies each byte in turn: inside a value, between two values, or the last byte of a value. */
class Borders {
  #depth = 0;
  /** True in an array whose elements are values; an object beside it is a value itself. */
  #isSplit = false;
  #quoted = false;
  #escaped = false;

  constructor(private readonly inArray: boolean) {}

  get isOpenArray(): boolean {
    return this.#isSplit && this.#depth > 0;
  }

  find(byte: number): "inside" | "border" | "after" {
    if (this.#quoted) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#quoted = false;
      return "inside";
    }
    switch (byte) {
      case QUOTE:
        this.#quoted = true;
        return "inside";
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++this.#depth > 1) return "inside";
        this.#isSplit = this.inArray && byte === OPEN_ARRAY;
        return this.#isSplit ? "border" : "inside";
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        this.#depth = Math.max(0, this.#depth - 1);
        if (this.#depth > 0) return "inside";
        return this.#isSplit ? "border" : "after";
      case COMMA:
        return this.#isSplit && this.#depth === 1 ? "border" : "inside";
      default:
        return "inside";
    }
  }
}

/** Removes white space at both ends; undefined when nothing is left. */
function trimmed(bytes: Uint8Array): Uint8Array | undefined {
  const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
  let [start, end] = [0, bytes.length];
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return start < end ? bytes.subarray(start, end) : undefined;
}
