/** Builds the query of a visual, as QuickSight asks its data source: groups and measures over the SQL of the data set. */
import { type DataSet, quickSightType } from "./dataSets";
import { type Dimension, fieldsOf, limitOf, type Measure, type Visual } from "./visuals";

/** The value of a group whose column is null. */
const NULL_GROUP = "null";

const SQL_AGGREGATES: Readonly<Record<Measure["aggregate"], (column: string) => string>> = {
  sum: (column) => `sum(${column})`,
  average: (column) => `avg(${column})`,
  min: (column) => `min(${column})`,
  max: (column) => `max(${column})`,
  count: (column) => `count(${column})`,
  distinctCount: (column) => `count(DISTINCT ${column})`,
};

export interface VisualField {
  /** Its place in the visual, and its column in the result: `x`, `y0`, `color`. */
  readonly place: string;
  readonly isMeasure: boolean;
  /** For a reader: `sum of cents`. */
  readonly label: string;
  /** True for groups in the order of time. */
  readonly isDate: boolean;
}

export interface VisualQuery {
  readonly sql: string;
  readonly fields: readonly VisualField[];
}

/** @param dataSetSql one SELECT */
export function visualQuery(visual: Visual, dataSet: DataSet, dataSetSql: string): VisualQuery {
  const { dimensions, measures } = fieldsOf(visual);
  const isDate = ({ column }: Dimension) => typeOf(dataSet, column) === "DATETIME";
  const inner = [
    ...dimensions.map(([place, dimension]) => `${groupSql(dimension, isDate(dimension))} AS "${place}"`),
    ...measures.map(([place, measure]) => `"${measuredColumn(measure, dataSet)}" AS "${place}"`),
  ];
  const aggregated = measures.map(
    ([place, { aggregate }]) => [place, SQL_AGGREGATES[aggregate](`"${place}"`)] as const,
  );
  const first = aggregated[0]?.[1];
  const limits = dimensions.flatMap(([place, dimension]) => {
    const limit = limitOf(visual, place);
    if (limit === undefined || first === undefined || isDate(dimension)) return [];
    return [
      `"${place}" IN (SELECT "${place}" FROM "cells" GROUP BY "${place}" ORDER BY ${first} DESC, "${place}" LIMIT ${limit})`,
    ];
  });
  const places = dimensions.map(([place]) => `"${place}"`);
  // A group has its place by its measure over all colors.
  const [along] = dimensions;
  const byMeasure = ["bar", "line", "pie"].includes(visual.kind) && along !== undefined && !isDate(along[1]);
  const isSplit = byMeasure && dimensions.length > 1;
  const highest = isSplit ? '"totals"."total"' : quoted(aggregated[0]?.[0]);
  const order = byMeasure ? [`${highest} DESC`, ...places] : places;
  return {
    sql: [
      `WITH "cells" AS (SELECT ${inner.join(", ")} FROM (${dataSetSql}) AS "data")`,
      ...(isSplit
        ? [`, "totals" AS (SELECT ${places[0]} AS "group", ${first} AS "total" FROM "cells" GROUP BY ${places[0]})`]
        : []),
      `SELECT ${[...places, ...aggregated.map(([place, sql]) => `${sql} AS "${place}"`)].join(", ")}`,
      'FROM "cells"',
      ...(isSplit ? [`JOIN "totals" ON "totals"."group" = ${places[0]}`] : []),
      ...(limits.length > 0 ? [`WHERE ${limits.join(" AND ")}`] : []),
      ...(places.length > 0
        ? [
            `GROUP BY ${[...places, ...(isSplit ? ['"totals"."total"'] : [])].join(", ")}`,
            `ORDER BY ${order.join(", ")}`,
          ]
        : []),
    ].join("\n"),
    fields: [
      ...dimensions.map(([place, dimension]) => ({
        place,
        isMeasure: false,
        label: dimension.column,
        isDate: isDate(dimension),
      })),
      ...measures.map(([place, measure]) => ({ place, isMeasure: true, label: labelOf(measure), isDate: false })),
    ],
  };
}

/** Groups of dates begin at the start of their period; all other groups are strings, null among them. */
function groupSql({ column, by = "day" }: Dimension, isDate: boolean): string {
  if (isDate) return `date_trunc('${by}', "${column}")`;
  return `coalesce(CAST("${column}" AS varchar), '${NULL_GROUP}')`;
}

function measuredColumn({ column }: Measure, dataSet: DataSet): string {
  return column ?? (dataSet.countedColumn as string);
}

function typeOf(dataSet: DataSet, name: string): ReturnType<typeof quickSightType> | undefined {
  const column = dataSet.columns.find((one) => one.name === name);
  return column && quickSightType(column);
}

function labelOf({ aggregate, column }: Measure): string {
  if (column === undefined) return "rows";
  return `${aggregate === "distinctCount" ? "distinct" : aggregate} ${column}`;
}

function quoted(name: string | undefined): string {
  return `"${name}"`;
}
