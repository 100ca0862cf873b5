import { pointsOf, sumsOf, withHours } from "../../../console/parts/plotData";

const ROWS = [
  ["10", "json", "3"],
  ["9", "csv", "4"],
  ["10", "json", "5"],
  ["11", null, null],
];

test("values of one place and series are added, and places keep the order of the rows", () => {
  expect(sumsOf(ROWS, { along: 0, value: 2, by: 1 }, "n")).toEqual({
    places: ["10", "9", "11"],
    series: [
      { name: "json", values: [8, null, null] },
      { name: "csv", values: [null, 4, null] },
      { name: "null", values: [null, null, null] },
    ],
  });
});

test("points lie at their numbers in ascending order, and rows without a number are left out", () => {
  expect(pointsOf(ROWS, { along: 0, value: 2, by: 1 }, { title: "n", isNumeric: true })).toEqual({
    places: [],
    positions: [9, 10, 10],
    series: [
      { name: "csv", values: [4, null, null] },
      { name: "json", values: [null, 3, 5] },
    ],
  });
});

test("points along strings lie at the strings' places", () => {
  expect(pointsOf(ROWS, { along: 1, value: 0, by: -1 }, { title: "hour", isNumeric: false })).toEqual({
    places: ["json", "csv", "null"],
    positions: [0, 0, 1, 2],
    series: [{ name: "hour", values: [10, 10, 9, 11] }],
  });
});

test("names from records show their control characters", () => {
  const rows = [["\u202Ea", "1"]];
  expect(sumsOf(rows, { along: 0, value: 1, by: 0 }, "n")).toEqual({
    places: ["\\u{202e}a"],
    series: [{ name: "\\u{202e}a", values: [1] }],
  });
});

test("a result with dt and hour has both as one column", () => {
  const columns = ["hour", "n", "dt"].map((name) => ({ name, type: "varchar" }));
  const rows = [["07", "1", "2026-11-22"]];
  expect(withHours({ columns, rows })).toEqual({
    columns: [...columns, { name: "dt hour", type: "varchar" }],
    rows: [["07", "1", "2026-11-22", "2026-11-22 07"]],
  });
  expect(withHours({ columns: columns.slice(0, 2), rows: [["07", "1"]] })).toEqual({
    columns: columns.slice(0, 2),
    rows: [["07", "1"]],
  });
});
