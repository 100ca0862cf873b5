/** Recognizes a misspelt name: another program's resource is not held against this one for a name that differs more. */

/** Shorter words, as the `eu` and `us` of two Regions, differ on purpose. */
const MIN_LETTERS = 4;

/** True if a name differs from another one by one letter of one word, or by capitals and separators alone. */
export function resembles(given: string, name: string): boolean {
  if (given === name) return false;
  const [words, others] = [given, name].map(wordsOf) as [string[], string[]];
  if (joined(words) === joined(others)) return true;
  const at = words.findIndex((word, index) => word !== others[index]);
  const isRestEqual =
    words.length === others.length && words.every((word, index) => index === at || word === others[index]);
  return isRestEqual && isOneLetterOff(words[at] as string, others[at] as string);
}

/** Without separators, but for those between two digits: `1-10` and `11-0` are neighbours. */
function joined(words: readonly string[]): string {
  return words.join("-").replace(/(?<!\p{N})-|-(?!\p{N})/gu, "");
}

function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** One letter more, one less, another one, or two that changed places. */
function isOneLetterOff(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < MIN_LETTERS) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const [rest, otherRest] = [one.slice(start), other.slice(start)];
  const isLetter = (letter: string | undefined) => letter === undefined || /^\p{L}$/u.test(letter);
  // Names that differ in a number are neighbours.
  if (!isLetter(rest[0]) || !isLetter(otherRest[0])) return false;
  const swapped = `${rest[1] ?? ""}${rest[0] ?? ""}${rest.slice(2)}`;
  return (
    rest.slice(1) === otherRest.slice(1) ||
    rest.slice(1) === otherRest ||
    rest === otherRest.slice(1) ||
    swapped === otherRest
  );
}
