/** Short ASCII texts of binary formats: made from their bytes in one step, which takes a third of the time of a call into the runtime. */

/** Texts up to here are made by a function for their length. */
const LONGEST = 40;

type MakeText = (bytes: Uint8Array, start: number) => string | undefined;

/** One function a length, each compiled when a text of its length first comes. */
const makers: (MakeText | undefined)[] = new Array(LONGEST + 1).fill(undefined);

/** The text of some bytes; undefined where they are many, or one of them is not ASCII. */
export function asciiText(bytes: Uint8Array, start: number, length: number): string | undefined {
  if (length > LONGEST) return undefined;
  let make = makers[length];
  if (make === undefined) {
    make = compile(length);
    makers[length] = make;
  }
  return make(bytes, start);
}

/**
 * For 2: `{const c0=b[s],c1=b[s+1];return (c0|c1)<128?String.fromCharCode(c0,c1):undefined}`. Appending one character after the
 * other would make a tree of parts, which costs whoever reads the text first.
 */
function compile(length: number): MakeText {
  if (length === 0) return () => "";
  const codes = Array.from({ length }, (_, index) => `c${index}`);
  const reads = codes.map((code, index) => `${code}=b[s+${index}]`);
  const text = `(${codes.join("|")})<128?String.fromCharCode(${codes.join(",")}):undefined`;
  return new Function("b", "s", `const ${reads.join(",")};return ${text}`) as MakeText;
}
