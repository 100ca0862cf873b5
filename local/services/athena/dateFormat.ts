/** Translates the formats of date_format and date_parse, in MySQL's letters, into strftime's. */
import { AthenaError } from "./athenaError";

/** Letters that differ; the others that are supported are in SAME. */
const LETTERS: Readonly<Record<string, string>> = {
  M: "%B",
  i: "%M",
  s: "%S",
  W: "%A",
  T: "%H:%M:%S",
  r: "%I:%M:%S %p",
  h: "%I",
  e: "%-d",
  c: "%-m",
  k: "%-H",
  l: "%-I",
};

const SAME = new Set("abdfHIjmpSyY%");

/** @throws AthenaError for a letter that has no counterpart */
export function strftimeFormat(mysql: string): string {
  return mysql.replace(/%(.?)/gsu, (whole, letter: string) => {
    if (SAME.has(letter)) return whole;
    const found = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined;
    if (found) return found;
    throw new AthenaError(
      "NOT_SUPPORTED",
      `local/athena: the date format "${whole}" is not simulated; see docs/fidelity.md`,
    );
  });
}
