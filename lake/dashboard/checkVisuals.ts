/** Checks a dashboard's visuals: names, columns and types; each problem has the way out. */
import { sizeProblems } from "./checkDataSets";
import { type DashboardColumn, type DataSet, drawnColumns, MAX_DRAWN_NAME } from "./dataSets";
import { described, isObject, listed, shapeProblem } from "./visualShapes";
import {
  AGGREGATES,
  type Aggregate,
  type Dimension,
  dataSetOf,
  fieldsOf,
  type Measure,
  PERIODS,
  type Period,
  VISUAL_KINDS,
  type Visual,
  visualId,
} from "./visuals";

/** Visuals of a sheet: https://docs.aws.amazon.com/quicksight/latest/APIReference/API_SheetDefinition.html */
const MAX_VISUALS = 75;
/** https://docs.aws.amazon.com/quicksight/latest/APIReference/API_DashboardVersionDefinition.html */
const MAX_DATA_SETS = 50;
const MAX_TITLE = 512;
const MAX_LIMIT = 1000;

const NUMBERS: readonly string[] = ["bigint", "double"];
const DATES: readonly string[] = ["date", "timestamp"];
const SHORTER_THAN_A_DAY: readonly (Period | undefined)[] = ["minute", "hour"];
const OF_NUMBERS: readonly Aggregate[] = ["sum", "average", "min", "max"];

/** The problems of visuals; empty if there are none. */
export function visualProblems(visuals: readonly Visual[], dataSets: readonly DataSet[]): string[] {
  if (!Array.isArray(visuals)) {
    return [`visuals is ${described(visuals)}; give a list, as [bar({ title, table, x, y })].`];
  }
  if (visuals.length === 0) return ["visuals is empty; give at least one, as bar({ title, table, x, y })."];
  if (visuals.length > MAX_VISUALS) {
    return [`visuals has ${visuals.length}; a sheet of QuickSight has at most ${MAX_VISUALS}: use a second dashboard.`];
  }
  const shapeless = visuals.flatMap((visual: unknown, index) =>
    isObject(visual)
      ? []
      : [`visual ${index + 1} is ${described(visual)}; give a visual, as bar({ title, table, x, y }).`],
  );
  if (shapeless.length > 0) return shapeless;
  const drawn = new Set(visuals.map(dataSetOf));
  if (drawn.size > MAX_DATA_SETS) {
    return [
      `visuals draw ${drawn.size} tables and data sets; a dashboard of QuickSight has at most ${MAX_DATA_SETS}: use a second dashboard.`,
    ];
  }
  const byName = new Map(dataSets.map((dataSet) => [dataSet.name, dataSet]));
  const large = dataSets.filter(({ name }) => drawn.has(name)).flatMap(sizeProblems);
  if (large.length > 0) return large;
  const seen = new Map<string, string>();
  return visuals.flatMap((visual, index) => {
    const { title } = visual;
    if (typeof title !== "string" || title.trim() === "" || title.length > MAX_TITLE) {
      return [`visual ${index + 1} has no title of 1 to ${MAX_TITLE} characters; give it one.`];
    }
    const id = visualId(title);
    const same = seen.get(id);
    seen.set(id, title);
    const problems = same === undefined ? ofVisual(visual, byName) : [sameTitle(same, title)];
    return problems.map((problem) => `visual "${title}": ${problem}`);
  });
}

function sameTitle(first: string, second: string): string {
  return first === second
    ? "another visual has the same title; give it another one."
    : `its title differs from "${first}" only in marks, and both would have one id; give it another one.`;
}

function ofVisual(visual: Visual, dataSets: ReadonlyMap<string, DataSet>): string[] {
  if (!VISUAL_KINDS.includes(visual.kind)) {
    return [`kind is ${JSON.stringify(visual.kind)}; use one of ${listed(VISUAL_KINDS)}.`];
  }
  const misshapen = shapeProblem(visual);
  if (misshapen !== undefined) return [misshapen];
  if ((visual.table === undefined) === (visual.dataSet === undefined)) {
    return ["it needs either table or dataSet; give one of them."];
  }
  const name = dataSetOf(visual);
  const dataSet = dataSets.get(name);
  if (!dataSet || (visual.dataSet !== undefined) !== (dataSet.sql !== undefined)) {
    return [unknownDataSet(visual, dataSets)];
  }
  const { dimensions, measures } = fieldsOf(visual);
  return [
    ...numbersOf(visual),
    ...dimensions.flatMap(([, dimension]) => dimensionProblems(dimension, dataSet)),
    ...measures.flatMap(([, measure]) => measureProblems(measure, dataSet)),
  ];
}

function unknownDataSet({ table, dataSet }: Visual, dataSets: ReadonlyMap<string, DataSet>): string {
  const kind = table === undefined ? "data set" : "table";
  const known = [...dataSets.values()].filter(({ sql }) => (sql !== undefined) === (table === undefined));
  const name = table ?? dataSet;
  if (known.length === 0)
    return `there is no ${kind} "${name}"; ${kind === "table" ? "declare the columns of the lake's tables" : "add it to dataSets"}.`;
  const way = kind === "table" ? "; a table of the lake needs declared columns" : "";
  return `there is no ${kind} "${name}"; use one of ${listed(known.map((one) => one.name))}${way}.`;
}

function numbersOf(visual: Visual): string[] {
  const problems: string[] = [];
  if (visual.kind === "bar" || visual.kind === "line") {
    if (visual.y.length === 0) problems.push("y is empty; give a measure, as count().");
    if (visual.color && visual.y.length > 1) {
      problems.push(
        `it has color and ${visual.y.length} measures; QuickSight splits one measure by color: leave out one of them.`,
      );
    }
  }
  if (visual.kind === "table" && visual.groupBy.length === 0) {
    problems.push("groupBy is empty; name at least one column, or use kpi() for a single number.");
  }
  const { limit } = visual as { readonly limit?: number };
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT)) {
    problems.push(`limit is ${JSON.stringify(limit)}; use a whole number from 1 to ${MAX_LIMIT} groups.`);
  }
  return problems;
}

function dimensionProblems({ column, by }: Dimension, dataSet: DataSet): string[] {
  const found = findColumn(column, dataSet);
  if (typeof found === "string") return [found];
  if (by === undefined) return [];
  if (!PERIODS.includes(by)) return [`"${column}" is by ${JSON.stringify(by)}; use one of ${listed(PERIODS)}.`];
  if (!DATES.includes(found.type)) {
    return [
      `"${column}" is a ${found.type}, which has no periods; leave out by: "${by}", or use a column of type date or timestamp.`,
    ];
  }
  if (found.type === "date" && SHORTER_THAN_A_DAY.includes(by)) {
    return [`"${column}" is a date, which has no ${by}s; use "day" or longer, or a timestamp.`];
  }
  return [];
}

function measureProblems({ aggregate, column }: Measure, dataSet: DataSet): string[] {
  if (!AGGREGATES.includes(aggregate)) {
    return [`aggregate is ${JSON.stringify(aggregate)}; use one of ${listed(AGGREGATES)}.`];
  }
  if (column === undefined) {
    if (aggregate !== "count") return [`${aggregate} has no column; name one.`];
    return dataSet.countedColumn === undefined
      ? [
          `count() needs a column of the data set "${dataSet.name}" that is never null, as count("${dataSet.columns[0]?.name}").`,
        ]
      : [];
  }
  const found = findColumn(column, dataSet);
  if (typeof found === "string") return [found];
  if (OF_NUMBERS.includes(aggregate) && !NUMBERS.includes(found.type)) {
    return [
      `${aggregate} needs numbers, and "${column}" is a ${found.type}; use count or distinctCount, or a column of type bigint or double.`,
    ];
  }
  return [];
}

function findColumn(name: string, dataSet: DataSet): DashboardColumn | string {
  const drawn = drawnColumns(dataSet);
  const found = dataSet.columns.find((column) => column.name === name);
  if (!found)
    return `"${dataSet.name}" has no column "${name}"; its columns are ${listed(drawn.map((column) => column.name))}.`;
  if (drawn.includes(found)) return found;
  if (name.length > MAX_DRAWN_NAME) {
    return `"${name}" has ${name.length} characters, and a column of QuickSight at most ${MAX_DRAWN_NAME}; use a query in dataSets that gives it a shorter name.`;
  }
  return `"${name}" is a list, which QuickSight does not read; use a query in dataSets that unnests it.`;
}
