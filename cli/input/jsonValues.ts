/** Splits JSON bytes into the elements of an array, or into concatenated objects, without parsing them. */

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Finds only where values end, and does not validate them. Broken brackets or quotes never lose a byte: the rest of the
 * input is returned as one more value.
 *
 * @param inArray splits the elements of one array; otherwise each object is a value
 */
export async function* jsonValues(chunks: AsyncIterable<Uint8Array>, inArray: boolean): AsyncGenerator<Uint8Array> {
  const border = borderFinder(inArray);
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const found = border(chunk[at] as number);
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
}

/** Classifies each byte in turn: inside a value, between two values, or the last byte of a value. */
function borderFinder(inArray: boolean): (byte: number) => "inside" | "border" | "after" {
  let depth = 0;
  /** True in an array whose elements are values; an object beside it is a value itself. */
  let isSplit = false;
  let quoted = false;
  let escaped = false;
  return (byte) => {
    if (quoted) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) quoted = false;
      return "inside";
    }
    switch (byte) {
      case QUOTE:
        quoted = true;
        return "inside";
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > 1) return "inside";
        isSplit = inArray && byte === OPEN_ARRAY;
        return isSplit ? "border" : "inside";
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth = Math.max(0, depth - 1);
        if (depth > 0) return "inside";
        return isSplit ? "border" : "after";
      case COMMA:
        return isSplit && depth === 1 ? "border" : "inside";
      default:
        return "inside";
    }
  };
}

/** Removes white space at both ends; undefined when nothing is left. */
function trimmed(bytes: Uint8Array): Uint8Array | undefined {
  const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
  let [start, end] = [0, bytes.length];
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return start < end ? bytes.subarray(start, end) : undefined;
}
