import { plainRows } from "../../../cli/terminal/plainRows";

test("one value is itself, whatever it contains", () => {
  expect(plainRows([["a\tb\\c\nd"]])).toBe("a\tb\\c\nd\n");
  expect(plainRows([[1808]])).toBe("1808\n");
  expect(plainRows([[null]])).toBe("\n");
});

test("several values are between tabs, and what would end one is escaped", () => {
  expect(
    plainRows([
      ["a\tb", 1, null],
      ["c\nd\\", true, "漢"],
    ]),
  ).toBe("a\\tb\t1\t\nc\\nd\\\\\ttrue\t漢\n");
  expect(plainRows([])).toBe("");
});
