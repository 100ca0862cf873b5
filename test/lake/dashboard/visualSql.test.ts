/** The queries of visuals, run in local's Athena: groups, measures, limits and order. */
import { rmSync } from "node:fs";
import type { DataSet } from "../../../lake/dashboard/dataSets";
import { visualQuery } from "../../../lake/dashboard/visualSql";
import {
  average,
  bar,
  count,
  distinctCount,
  heatMap,
  kpi,
  line,
  max,
  min,
  pie,
  scatter,
  sum,
  table,
  type Visual,
} from "../../../lake/dashboard/visuals";
import { type Lake, makeLake } from "../../local/support/athenaLake";

const DATA_SET: DataSet = {
  name: "orders",
  columns: [
    { name: "shop", type: "string" },
    { name: "cents", type: "bigint" },
    { name: "_arrived", type: "timestamp" },
    { name: "_format", type: "string" },
  ],
  countedColumn: "_format",
};
const SQL = `SELECT * FROM (VALUES
  ('a', 5, TIMESTAMP '2026-11-20 09:59:59', 'json'),
  ('a', 7, TIMESTAMP '2026-11-20 10:00:00', 'csv'),
  ('b', 20, TIMESTAMP '2026-11-20 10:30:00', 'json'),
  (NULL, 1, TIMESTAMP '2026-11-21 00:00:00', 'json'),
  ('c', NULL, TIMESTAMP '2026-11-21 01:00:00', 'xml')
) AS "rows" ("shop", "cents", "_arrived", "_format")`;

let lake: Lake;
beforeAll(() => {
  lake = makeLake();
});
afterAll(() => rmSync(lake.dataDir, { recursive: true }));

const orders = { title: "Orders", table: "orders" };
const rowsOf = (visual: Visual) => lake.query(visualQuery(visual, DATA_SET, SQL).sql);

const cases: [string, Visual, (string | null)[][]][] = [
  [
    "groups of strings come with the highest measure first, and null is a group",
    bar({ ...orders, x: "shop", y: [sum("cents"), count()] }),
    [
      ["b", "20", "1"],
      ["a", "12", "2"],
      ["null", "1", "1"],
      ["c", null, "1"],
    ],
  ],
  [
    "limit keeps the highest groups",
    pie({ ...orders, slices: "shop", value: count(), limit: 2 }),
    [
      ["a", "2"],
      ["b", "1"],
    ],
  ],
  [
    "periods come in the order of time",
    line({ ...orders, x: { column: "_arrived", by: "hour" }, y: count(), limit: 1 }),
    [
      ["2026-11-20 09:00:00.000", "1"],
      ["2026-11-20 10:00:00.000", "2"],
      ["2026-11-21 00:00:00.000", "1"],
      ["2026-11-21 01:00:00.000", "1"],
    ],
  ],
  [
    "color splits the measure; days are the default period",
    line({ ...orders, x: "_arrived", y: sum("cents"), color: "_format" }),
    [
      ["2026-11-20 00:00:00.000", "csv", "7"],
      ["2026-11-20 00:00:00.000", "json", "25"],
      ["2026-11-21 00:00:00.000", "json", "1"],
      ["2026-11-21 00:00:00.000", "xml", null],
    ],
  ],
  [
    "groups of strings come with the highest measure of all their colors first",
    bar({ ...orders, x: "shop", y: average("cents"), color: "_format" }),
    [
      ["b", "json", "20.0"],
      ["a", "csv", "7.0"],
      ["a", "json", "5.0"],
      ["null", "json", "1.0"],
      ["c", "xml", null],
    ],
  ],
  ["a single number", kpi({ ...orders, value: average("cents") }), [["8.25"]]],
  ["rows are counted, values without null, and different values", kpi({ ...orders, value: count() }), [["5"]]],
  ["values without null", kpi({ ...orders, value: count("cents") }), [["4"]]],
  ["different values", kpi({ ...orders, value: distinctCount("_format") }), [["3"]]],
  [
    "a table has its groups in their order",
    table({ ...orders, groupBy: ["_format"], values: [min("cents"), max("cents")] }),
    [
      ["csv", "7", "7"],
      ["json", "1", "20"],
      ["xml", null, null],
    ],
  ],
  [
    "points of a scatter plot have two measures",
    scatter({ ...orders, points: "_format", x: count(), y: sum("cents") }),
    [
      ["csv", "1", "7"],
      ["json", "3", "26"],
      ["xml", "1", null],
    ],
  ],
  [
    "cells of a heat map have two groups",
    heatMap({ ...orders, rows: "_format", columns: "_arrived", value: count() }),
    [
      ["csv", "2026-11-20 00:00:00.000", "1"],
      ["json", "2026-11-20 00:00:00.000", "2"],
      ["json", "2026-11-21 00:00:00.000", "1"],
      ["xml", "2026-11-21 00:00:00.000", "1"],
    ],
  ],
];

test.each(cases)("%s", async (_, visual, rows) => {
  expect(await rowsOf(visual)).toEqual(rows);
});

test("a color has the 12 highest values", async () => {
  const values = Array.from({ length: 14 }, (_, n) => `('s', ${n + 1}, TIMESTAMP '2026-11-20 00:00:00', 'f${n}')`);
  const sql = `SELECT * FROM (VALUES ${values.join(", ")}) AS "rows" ("shop", "cents", "_arrived", "_format")`;
  const visual = bar({ ...orders, x: "shop", y: sum("cents"), color: "_format" });
  const rows = await lake.query(visualQuery(visual, DATA_SET, sql).sql);
  expect(rows.map(([, color]) => color).sort()).toEqual([
    ...["f10", "f11", "f12", "f13", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"],
  ]);
});

test("fields have the labels of their measures", () => {
  const visual = bar({ ...orders, x: "_arrived", y: [count(), sum("cents"), distinctCount("shop")] });
  expect(visualQuery(visual, DATA_SET, SQL).fields).toEqual([
    { place: "x", isMeasure: false, label: "_arrived", isDate: true },
    { place: "y0", isMeasure: true, label: "rows", isDate: false },
    { place: "y1", isMeasure: true, label: "sum cents", isDate: false },
    { place: "y2", isMeasure: true, label: "distinct shop", isDate: false },
  ]);
});
