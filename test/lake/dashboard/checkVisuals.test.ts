/** Visuals and queries of dashboards: each wrong name, column and type is refused with the way out. */

import type { Column } from "../../../lake/columns";
import { visualProblems } from "../../../lake/dashboard/checkVisuals";
import {
  athenaDataSets,
  athenaTableSql,
  type DataSet,
  drawnColumns,
  queryDataSets,
} from "../../../lake/dashboard/dataSets";
import {
  average,
  bar,
  count,
  distinctCount,
  heatMap,
  kpi,
  line,
  type Measure,
  pie,
  scatter,
  sum,
  table,
  type Visual,
  visualId,
} from "../../../lake/dashboard/visuals";

const DATA_SETS = [
  ...athenaDataSets({
    tables: {
      orders: [
        { name: "shop", type: "string" },
        { name: "cents", type: "bigint" },
        { name: "total", type: "double" },
        { name: "day", type: "date" },
        { name: "tags", type: "array<string>" },
      ],
    },
    live: ["orders"],
  }),
  ...queryDataSets({ daily: { sql: "SELECT 1 AS n", columns: [{ name: "n", type: "bigint" }] } }),
];
const COLUMNS = '"_id", "_arrived", "_format", "shop", "cents", "total", "day", "dt", "hour"';

const orders = { title: "Orders", table: "orders" };

test("visuals of each kind over tables, live views, unformatted records and queries have no problem", () => {
  const visuals = [
    bar({ title: "A", table: "orders", x: "shop", y: [sum("cents"), average("total")] }),
    line({ title: "B", table: "orders_live", x: { column: "_arrived", by: "hour" }, y: count(), color: "_format" }),
    pie({ title: "C", table: "unformatted", slices: "reason", value: count() }),
    table({ title: "D", table: "orders", groupBy: ["shop", { column: "day", by: "month" }], values: [count("cents")] }),
    kpi({ title: "E", dataSet: "daily", value: sum("n") }),
    scatter({ title: "F", table: "orders", points: "shop", x: count(), y: distinctCount("_id") }),
    heatMap({ title: "G", table: "orders", rows: "shop", columns: "hour", value: count() }),
  ];
  expect(visualProblems(visuals, DATA_SETS)).toEqual([]);
});

const wrong: [string, Visual, string][] = [
  [
    "a kind that does not exist",
    { ...kpi({ ...orders, value: count() }), kind: "gauge" as "kpi" },
    'visual "Orders": kind is "gauge"; use one of "bar", "line", "pie", "table", "kpi", "scatter", "heatMap".',
  ],
  [
    "a missing member",
    { kind: "bar", ...orders, x: { column: "shop" } } as unknown as Visual,
    'visual "Orders": y is missing; a visual of kind "bar" has "x", "y".',
  ],
  [
    "neither a table nor a data set",
    kpi({ title: "Orders", value: count() }),
    'visual "Orders": it needs either table or dataSet; give one of them.',
  ],
  [
    "a table that the lake does not declare",
    kpi({ title: "Orders", table: "records", value: count() }),
    'visual "Orders": there is no table "records"; use one of "orders", "orders_live", "unformatted"; a table of the lake needs declared columns.',
  ],
  [
    "a data set that dataSets does not have",
    kpi({ title: "Orders", dataSet: "orders", value: count() }),
    'visual "Orders": there is no data set "orders"; use one of "daily".',
  ],
  [
    "an unknown column",
    bar({ ...orders, x: "store", y: count() }),
    `visual "Orders": "orders" has no column "store"; its columns are ${COLUMNS}.`,
  ],
  [
    "a list",
    bar({ ...orders, x: "tags", y: count() }),
    'visual "Orders": "tags" is a list, which QuickSight does not read; use a query in dataSets that unnests it.',
  ],
  [
    "a sum of strings",
    bar({ ...orders, x: "shop", y: sum("shop") }),
    'visual "Orders": sum needs numbers, and "shop" is a string; use count or distinctCount, or a column of type bigint or double.',
  ],
  [
    "periods of strings",
    line({ ...orders, x: { column: "hour", by: "hour" }, y: count() }),
    'visual "Orders": "hour" is a string, which has no periods; leave out by: "hour", or use a column of type date or timestamp.',
  ],
  [
    "hours of dates",
    line({ ...orders, x: { column: "day", by: "hour" }, y: count() }),
    'visual "Orders": "day" is a date, which has no hours; use "day" or longer, or a timestamp.',
  ],
  [
    "an unknown period",
    line({ ...orders, x: { column: "day", by: "week" as "day" }, y: count() }),
    'visual "Orders": "day" is by "week"; use one of "minute", "hour", "day", "month", "quarter", "year".',
  ],
  [
    "an unknown aggregate",
    kpi({ ...orders, value: { aggregate: "median", column: "cents" } as unknown as Measure }),
    'visual "Orders": aggregate is "median"; use one of "sum", "average", "min", "max", "count", "distinctCount".',
  ],
  [
    "an aggregate without its column",
    kpi({ ...orders, value: { aggregate: "sum" } }),
    'visual "Orders": sum has no column; name one.',
  ],
  [
    "a count of a query's rows",
    kpi({ title: "Days", dataSet: "daily", value: count() }),
    'visual "Days": count() needs a column of the data set "daily" that is never null, as count("n").',
  ],
  [
    "two measures with color",
    bar({ ...orders, x: "shop", y: [count(), sum("cents")], color: "_format" }),
    'visual "Orders": it has color and 2 measures; QuickSight splits one measure by color: leave out one of them.',
  ],
  ["no measure", bar({ ...orders, x: "shop", y: [] }), 'visual "Orders": y is empty; give a measure, as count().'],
  [
    "a table without groups",
    table({ ...orders, groupBy: [], values: [count()] }),
    'visual "Orders": groupBy is empty; name at least one column, or use kpi() for a single number.',
  ],
  [
    "a limit below 1",
    pie({ ...orders, slices: "shop", value: count(), limit: 0 }),
    'visual "Orders": limit is 0; use a whole number from 1 to 1000 groups.',
  ],
  [
    "no title",
    kpi({ title: " ", table: "orders", value: count() }),
    "visual 1 has no title of 1 to 512 characters; give it one.",
  ],
];

test.each(wrong)("%s is refused", (_, visual, problem) => {
  expect(visualProblems([visual], DATA_SETS)).toEqual([problem]);
});

/** Plain objects, as programs in JavaScript and in other languages give them. */
const SHOP = { column: "shop" };
const COUNT = { aggregate: "count" };
const VALID: Record<Visual["kind"], object> = {
  bar: { x: SHOP, y: [COUNT] },
  line: { x: SHOP, y: [COUNT] },
  pie: { slices: SHOP, value: COUNT },
  table: { groupBy: [SHOP], values: [COUNT] },
  kpi: { value: COUNT },
  scatter: { points: SHOP, x: COUNT, y: COUNT },
  heatMap: { rows: SHOP, columns: { column: "hour" }, value: COUNT },
};
const GROUP_HINT = 'give a column, as { column: "shop" }, or { column: "_arrived", by: "hour" }.';
const MEASURE_HINT = 'give a measure, as { aggregate: "count" }, or { aggregate: "sum", column: "cents" }.';
const shapes: [kind: string, member: string, value: unknown, problem: string][] = [
  ...["bar", "line"].flatMap((kind): [string, string, unknown, string][] => [
    [kind, "x", "shop", `x is a string; ${GROUP_HINT}`],
    [kind, "x", ["shop"], `x is a list; ${GROUP_HINT}`],
    [kind, "x", {}, `x has no column; ${GROUP_HINT}`],
    [kind, "x", { column: 1 }, `x has no column; ${GROUP_HINT}`],
    [kind, "x", null, `x is missing; a visual of kind "${kind}" has "x", "y".`],
    [kind, "y", COUNT, `y is an object; give a list, as [{ aggregate: "count" }].`],
    [kind, "y", "count", `y is a string; give a list, as [{ aggregate: "count" }].`],
    [kind, "y", [null], `y[0] is null; ${MEASURE_HINT}`],
    [kind, "y", [COUNT, "sum"], `y[1] is a string; ${MEASURE_HINT}`],
    [kind, "y", [{ aggregate: "sum", column: 3 }], `y[0] has a number as its column; ${MEASURE_HINT}`],
    [kind, "y", undefined, `y is missing; a visual of kind "${kind}" has "x", "y".`],
    [kind, "color", "shop", `color is a string; ${GROUP_HINT}`],
    [kind, "color", "", `color is a string; ${GROUP_HINT}`],
  ]),
  ["pie", "slices", "shop", `slices is a string; ${GROUP_HINT}`],
  ["pie", "value", [COUNT], `value is a list; ${MEASURE_HINT}`],
  ["pie", "value", null, 'value is missing; a visual of kind "pie" has "slices", "value".'],
  ["table", "groupBy", "shop", `groupBy is a string; give a list, as [{ column: "shop" }].`],
  ["table", "groupBy", ["shop"], `groupBy[0] is a string; ${GROUP_HINT}`],
  ["table", "groupBy", undefined, 'groupBy is missing; a visual of kind "table" has "groupBy", "values".'],
  ["table", "values", COUNT, `values is an object; give a list, as [{ aggregate: "count" }].`],
  ["table", "values", [undefined], `values[0] is missing; ${MEASURE_HINT}`],
  ["kpi", "value", 7, `value is a number; ${MEASURE_HINT}`],
  ["kpi", "value", {}, 'aggregate is undefined; use one of "sum", "average", "min", "max", "count", "distinctCount".'],
  ["scatter", "points", true, `points is a boolean; ${GROUP_HINT}`],
  ["scatter", "x", [COUNT], `x is a list; ${MEASURE_HINT}`],
  ["scatter", "y", "count", `y is a string; ${MEASURE_HINT}`],
  ["heatMap", "rows", "shop", `rows is a string; ${GROUP_HINT}`],
  ["heatMap", "columns", [SHOP], `columns is a list; ${GROUP_HINT}`],
  ["heatMap", "value", "count", `value is a string; ${MEASURE_HINT}`],
  ["pie", "limit", "many", 'limit is "many"; use a whole number from 1 to 1000 groups.'],
  ["kpi", "table", 1, "table is a number; give a name."],
  ["kpi", "table", null, "table is null; give a name."],
  ["kpi", "dataSet", { name: "daily" }, "dataSet is an object; give a name."],
  [
    "kpi",
    "kind",
    undefined,
    'kind is undefined; use one of "bar", "line", "pie", "table", "kpi", "scatter", "heatMap".',
  ],
  [
    "kpi",
    "kind",
    "constructor",
    'kind is "constructor"; use one of "bar", "line", "pie", "table", "kpi", "scatter", "heatMap".',
  ],
];

test.each(shapes)("a %s whose %s is %j is refused by name", (kind, member, value, problem) => {
  const visual = { kind, ...orders, ...VALID[kind as Visual["kind"]], [member]: value };
  expect(visualProblems([visual as unknown as Visual], DATA_SETS)).toEqual([`visual "Orders": ${problem}`]);
});

test("plain objects of each kind have no problem", () => {
  const visuals = Object.entries(VALID).map(([kind, members]) => ({ kind, table: "orders", title: kind, ...members }));
  expect(visualProblems(visuals as unknown as Visual[], DATA_SETS)).toEqual([]);
});

test.each<[unknown, string]>([
  [null, "visual 1 is null; give a visual, as bar({ title, table, x, y })."],
  ["Orders", "visual 1 is a string; give a visual, as bar({ title, table, x, y })."],
  [[], "visual 1 is a list; give a visual, as bar({ title, table, x, y })."],
  [undefined, "visual 1 is missing; give a visual, as bar({ title, table, x, y })."],
])("the visual %j is refused by its place", (visual, problem) => {
  expect(visualProblems([visual as Visual], DATA_SETS)).toEqual([problem]);
});

test.each<[unknown, string]>([
  [undefined, "visuals is missing; give a list, as [bar({ title, table, x, y })]."],
  [null, "visuals is null; give a list, as [bar({ title, table, x, y })]."],
  [{ title: "Orders" }, "visuals is an object; give a list, as [bar({ title, table, x, y })]."],
])("visuals that are %j are refused", (visuals, problem) => {
  expect(visualProblems(visuals as Visual[], DATA_SETS)).toEqual([problem]);
});

test("the functions leave members of a wrong shape to the check", () => {
  const wrongBar = bar({ ...orders, x: "shop" } as unknown as Parameters<typeof bar>[0]);
  const wrongTable = table({ title: "T", table: "orders", groupBy: "shop", values: [count()] } as unknown as Parameters<
    typeof table
  >[0]);
  expect(visualProblems([wrongBar, wrongTable], DATA_SETS)).toEqual([
    'visual "Orders": y is missing; a visual of kind "bar" has "x", "y".',
    'visual "T": groupBy is a string; give a list, as [{ column: "shop" }].',
  ]);
});

test("titles are unique, and so are the ids that are made of them", () => {
  const visual = (title: string) => kpi({ title, table: "orders", value: count() });
  expect(visualProblems([visual("Rows"), visual("Rows"), visual("Rows!")], DATA_SETS)).toEqual([
    'visual "Rows": another visual has the same title; give it another one.',
    'visual "Rows!": its title differs from "Rows" only in marks, and both would have one id; give it another one.',
  ]);
});

test("titles of other letters have ids of their own, and so have long ones", () => {
  const titles = ["売上", "客数", "Größe", "Grüße", `${"a".repeat(250)}b`, `${"a".repeat(250)}c`];
  const visuals = titles.map((title) => kpi({ title, table: "orders", value: count() }));
  expect(visualProblems(visuals, DATA_SETS)).toEqual([]);
  const ids = titles.map(visualId);
  expect(ids.filter((id) => /^[\w-]{1,200}$/.test(id))).toEqual(ids);
  expect(ids.slice(0, 3)).toEqual([
    expect.stringMatching(/^__-[0-9a-f]{8}$/),
    expect.stringMatching(/^__-/),
    expect.stringMatching(/^gr__e-/),
  ]);
  expect(["Rows by hour", "Über", "!"].map(visualId)).toEqual([
    "rows-by-hour",
    expect.stringMatching(/^_ber-/),
    "visual",
  ]);
});

test("a dashboard draws at most 50 tables and data sets", () => {
  const names = Array.from({ length: 51 }, (_, n) => `daily_${n}`);
  const columns = [{ name: "n", type: "bigint" as const }];
  const sets = queryDataSets(Object.fromEntries(names.map((name) => [name, { sql: "SELECT 1 AS n", columns }])));
  const visuals = names.map((dataSet) => kpi({ title: dataSet, dataSet, value: sum("n") }));
  expect(visualProblems(visuals.slice(1), sets)).toEqual([]);
  expect(visualProblems(visuals, sets)).toEqual([
    "visuals draw 51 tables and data sets; a dashboard of QuickSight has at most 50: use a second dashboard.",
  ]);
});

const tableOf = (columns: readonly Column[]) => athenaDataSets({ tables: { wide: columns }, live: [] });
const widely = (column?: string) => kpi({ title: "Wide", table: "wide", value: count(column) });

test("a column with a longer name than QuickSight's is not in the data set, and no visual draws it", () => {
  const [name, longer] = ["n".repeat(128), "n".repeat(129)];
  const dataSets = tableOf([
    { name, type: "bigint" },
    { name: longer, type: "bigint" },
  ]);
  expect(drawnColumns(dataSets[0] as DataSet).map((column) => column.name)).toEqual([
    ...["_id", "_arrived", "_format", name, "dt", "hour"],
  ]);
  expect(athenaTableSql(dataSets[0] as DataSet, "shop", 30)).not.toContain(longer);
  expect(visualProblems([widely(name)], dataSets)).toEqual([]);
  expect(visualProblems([widely(longer)], dataSets)).toEqual([
    `visual "Wide": "${longer}" has 129 characters, and a column of QuickSight at most 128; use a query in dataSets that gives it a shorter name.`,
  ]);
});

test("a data set has at most 2048 columns, and its SQL at most 168,000 characters", () => {
  const columns = (count: number, name: (n: number) => string, type: "bigint" | "boolean") =>
    tableOf(Array.from({ length: count }, (_, n) => ({ name: name(n), type })));
  const short = (n: number) => `c${n}`;
  // _id, _arrived, _format, dt and hour are the other five.
  expect(visualProblems([widely()], columns(2043, short, "bigint"))).toEqual([]);
  expect(visualProblems([widely()], columns(2044, short, "bigint"))).toEqual([
    'table "wide" has 2049 columns, and a data set of QuickSight at most 2048; use a query in dataSets that selects fewer.',
  ]);
  const long = (n: number) => `c${n}`.padEnd(128, "_");
  expect(visualProblems([widely()], columns(300, long, "boolean"))).toEqual([]);
  expect(visualProblems([widely()], columns(400, long, "boolean"))).toEqual([
    'table "wide" has a query of up to 178393 characters, and QuickSight takes 168000; use a query in dataSets that selects fewer columns.',
  ]);
});

test("a dashboard has 1 to 75 visuals", () => {
  const many = Array.from({ length: 76 }, (_, n) => kpi({ title: `Rows ${n}`, table: "orders", value: count() }));
  expect(visualProblems([], DATA_SETS)).toEqual([
    "visuals is empty; give at least one, as bar({ title, table, x, y }).",
  ]);
  expect(visualProblems(many.slice(1), DATA_SETS)).toEqual([]);
  expect(visualProblems(many, DATA_SETS)).toEqual([
    "visuals has 76; a sheet of QuickSight has at most 75: use a second dashboard.",
  ]);
});
