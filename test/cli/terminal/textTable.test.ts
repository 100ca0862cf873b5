import stringWidth from "string-width";
import { fitting, textTable } from "../../../cli/terminal/textTable";

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

test("a value cannot turn the direction of its line around", () => {
  expect(textTable(["v", "w"], [["a\u202eb", "c"]])).toEqual(["v         w", "────────  ─", "a\\u202eb  c"]);
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

const ID = "shardId-000000000000/49680437725694207094864305722566266793/0";
const ROW = [
  ID,
  "a long sentence that nobody wants to read to its end",
  "another one, as long as the first",
  "1234567.25",
];
const HEADINGS = ["_id", "text", "more", "a_number_with_a_name"];

test("cells are cut until all columns fit, numbers never", () => {
  const lines = textTable(HEADINGS, [ROW], { width: 60 });
  expect(lines).toEqual([
    "_id            text           more           a_number_wit…",
    "─────────────  ─────────────  ─────────────  ─────────────",
    "shardId-0000…  a long sente…  another one,…     1234567.25",
  ]);
  expect(textTable(HEADINGS, [ROW], { width: 30 })).toEqual([
    "_id             text",
    "──────────────  ──────────────",
    "shardId-00000…  a long senten…",
    "… and 2 columns more",
  ]);
});

test.each([80, 200])("no line of 12 columns is wider than %d", (width) => {
  const headings = Array.from({ length: 12 }, (_, n) => `column_${n}`);
  const rows = [headings.map(() => "x".repeat(10_000)), headings.map(() => "漢字".repeat(50))];
  const lines = textTable(headings, rows, { width, columnWidth: 60 });
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
});

test("ids are whole where programs read them", () => {
  const lines = textTable(HEADINGS, [ROW], { width: 80, wholeIds: true });
  expect(lines[2]).toBe(`${ID}  a long sentence t…  another one, as l…          1234567.25`);
  expect(textTable(["n"], [[ID]], { width: 20, wholeIds: true })[2]).toBe(ID);
});

test("wide characters and emoji line up", () => {
  expect(
    textTable(
      ["w", "n"],
      [
        ["漢字かな", "1"],
        ["👩‍👩‍👧 e\u0301", "22"],
      ],
      { columnWidth: 6 },
    ),
  ).toEqual(["w        n", "──────  ──", "漢字…    1", "👩‍👩‍👧 e\u0301    22"]);
});

test("a terminal has its width, other outputs 80 characters and whole ids", () => {
  const write = () => true;
  expect(fitting({ write, isTTY: true, columns: 132 })).toEqual({ width: 132, wholeIds: false });
  expect(fitting({ write })).toEqual({ width: 80, wholeIds: true });
});
