import fc from "fast-check";
import { refuse } from "../../lake/reasons";
import { compareSequence } from "../../lake/sequenceNumber";
import { isTableName } from "../../lake/tableName";

test.each(["records", "a", "click_events_2", "_", "0", "x".repeat(255)])("%s is a table name", (name) => {
  expect(isTableName(name)).toBe(true);
});

test.each(["", "Records", "click-events", "click events", "a/b", "a.b", "é", "x".repeat(256), "a\n", "../x"])(
  "%p is not a table name",
  (name) => {
    expect(isTableName(name)).toBe(false);
  },
);

test("sequence numbers compare as the integers they are, however long", () => {
  const sequence = fc.bigInt({ min: 0n, max: 10n ** 60n });
  fc.assert(
    fc.property(sequence, sequence, (left, right) => {
      const expected = left < right ? -1 : left > right ? 1 : 0;
      expect(Math.sign(compareSequence(String(left), String(right)))).toBe(expected);
    }),
  );
});

test("the detail of a refusal is at most 256 characters", () => {
  expect(refuse("rejected", "x".repeat(300))).toEqual({ reason: "rejected", detail: "x".repeat(256) });
});

test("the detail of a refusal is well-formed Unicode, even where it is cut", () => {
  expect(refuse("rejected", `${"x".repeat(255)}😀`).detail).toBe(`${"x".repeat(255)}\ufffd`);
  expect(refuse("rejected", "a\ud800b😀").detail).toBe("a\ufffdb😀");
});
