/**
 * Maps object keys to file paths and back. A plain key is its own path; characters and names that are special to a
 * file system are escaped.
 */

/** The file name of an object whose key is also a directory: `a/%self` is the object `a` if `a/b` exists too. */
export const SELF = "%self";
/** An empty segment, as in `a//b` or after a trailing `/`. */
const EMPTY = "%empty";
/** Ends a directory name if the key's segment continues in the next directory. */
const CONTINUED = "%more";
/** Common file systems limit a file name to 255 bytes. */
const MAX_NAME_BYTES = 240;
/** Characters that are not safe in a file name on Linux, macOS or Windows, and `%` itself. */
const UNSAFE = /[%\\:*?"<>|\p{Cc}\p{Cs}]/gu;
const ESCAPE = /%u([0-9A-F]{4})/g;

/** The path of a key: one file name per directory level. */
export function pathOfKey(key: string): string[] {
  return key.split("/").flatMap(namesOf);
}

/** The key of a path; throws for a path that no key has. */
export function keyOfPath(names: readonly string[]): string {
  const own = names.at(-1) === SELF ? names.slice(0, -1) : names;
  let key = "";
  for (const [index, name] of own.entries()) {
    const isLast = index === own.length - 1;
    key += isContinued(name) ? textOf(name.slice(0, -CONTINUED.length)) : `${textOf(name)}${isLast ? "" : "/"}`;
  }
  return key;
}

/** True for a directory that holds the rest of a segment, and not the next segment. */
export function isContinued(name: string): boolean {
  return name.endsWith(CONTINUED);
}

/** The part of a key that a file name represents. */
export function textOf(name: string): string {
  if (name === EMPTY) return "";
  return name.replace(ESCAPE, (_escape, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function namesOf(segment: string): string[] {
  if (segment === "") return [EMPTY];
  const names: string[] = [];
  let name = "";
  let bytes = 0;
  for (const character of segment) {
    const escaped = character.replace(UNSAFE, escapeCharacter);
    const length = Buffer.byteLength(escaped);
    if (bytes + length > MAX_NAME_BYTES) {
      names.push(`${name}${CONTINUED}`);
      name = "";
      bytes = 0;
    }
    name += escaped;
    bytes += length;
  }
  names.push(name);
  return names.map(protectEnds);
}

/** `.` and `..` mean directories, and Windows drops a dot or a space at the end of a name. */
function protectEnds(name: string): string {
  return name.replace(/[. ]$/, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `%u${character.charCodeAt(index).toString(16).toUpperCase().padStart(4, "0")}`)
    .join("");
}

/**
 * Compares keys by their UTF-8 bytes, the order in which S3 lists them; JavaScript's order differs beyond U+FFFF.
 * Returns a negative number, zero or a positive number, as `Array.prototype.sort` expects.
 */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return weight(a) - weight(b);
  }
  return left.length - right.length;
}

/** Surrogates encode the characters beyond U+FFFF, so they sort last. */
function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
