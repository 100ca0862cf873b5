/** Writes the query that makes the plot of a result whose rows are not all in the page: the server adds them up. */

export interface WholePlot {
  /** The query of the result. */
  readonly sql: string;
  /** The columns; `dt hour` is both of them. */
  readonly along: string;
  readonly value: string;
  readonly by?: string;
  /** For points: one of each `step` rows instead of sums. */
  readonly step?: number;
}

/** The columns of its result are along, value and, if there is one, by. */
export function wholeSql({ sql, along, value, by, step }: WholePlot): string {
  // A comment at the end of the query ends with its line.
  const from = `FROM (\n${sql.trim().replace(/;$/, "")}\n) AS result`;
  const more = by === undefined ? "" : `, ${expression(by)}`;
  if (step !== undefined) {
    const numbered = `(SELECT *, row_number() OVER () AS streamlake_place ${from}) AS numbered`;
    return `SELECT ${expression(along)}, ${expression(value)}${more} FROM ${numbered} WHERE streamlake_place % ${step} = 0`;
  }
  const places = by === undefined ? "1" : "1, 3";
  return `SELECT ${expression(along)}, sum(${expression(value)})${more} ${from} GROUP BY ${places} ORDER BY ${places}`;
}

function expression(column: string): string {
  return column === "dt hour" ? `concat("dt", ' ', "hour")` : `"${column.replaceAll('"', '""')}"`;
}
