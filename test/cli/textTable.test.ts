import { textTable } from "../../cli/textTable";

test("columns line up, numbers to the right, nothing at a line's end", () => {
  expect(
    textTable(
      ["format", "rows", "note"],
      [
        ["csv", "1,234", "é"],
        ["json", "7", null],
      ],
      { indent: "  " },
    ),
  ).toEqual(["  format   rows  note", "  ──────  ─────  ────", "  csv     1,234  é", "  json        7"]);
});

test("a value that is too long is cut, and what would move the cursor is not shown", () => {
  expect(textTable(["v"], [["abcdefgh"], ["a\u001b[2J\nb"]], { columnWidth: 6 })).toEqual([
    "v",
    "──────",
    "abcde…",
    "a [2J…",
  ]);
});
