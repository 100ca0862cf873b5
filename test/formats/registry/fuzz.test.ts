/** A short run of the fuzzer; `npm run fuzz` is the long one. */
import { CORPUS_FORMATS } from "../support/corpus";
import { fuzz } from "../support/fuzz";

const SEED = 7;
const RECORDS = 20_000;

test("each mutated record lands in exactly one of raw/ and unformatted/, its bytes kept where it is no row", () => {
  const { records, parts, raw, unformatted, formats, wrong } = fuzz(SEED, RECORDS);

  expect(wrong).toEqual([]);
  expect(records).toBe(RECORDS);
  expect(raw + unformatted).toBe(parts);
  expect(parts).toBeGreaterThan(RECORDS);
  // Both places are reached in earnest, and rows of every format.
  expect(Math.min(raw, unformatted)).toBeGreaterThan(RECORDS / 4);
  expect(Object.keys(formats).sort()).toEqual(Object.keys(CORPUS_FORMATS).sort());
});
