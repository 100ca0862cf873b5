import { textTable } from "../../../cli/terminal/textTable";

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

test("columns past the width are counted instead of shown, the first excepted", () => {
  const rows = [["a", "bb", "ccc", "d"]];
  const headings = ["1", "2", "3", "4"];
  expect(textTable(headings, rows, { indent: " ", width: 10 })).toEqual([
    " 1  2",
    " ─  ──",
    " a  bb",
    " … and 2 columns more",
  ]);
  expect(textTable(headings, rows, { width: 13 }).at(0)).toBe("1  2   3    4");
  expect(textTable(["wide"], [["x"]], { width: 1 })).toEqual(["wide", "────", "x"]);
});
