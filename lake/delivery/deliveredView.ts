/** The SQL of the view of the Parquet that Firehose delivers at least once: each row once. */
import { type Column, freeName } from "../columns";

/**
 * Copies of a row have the same hour, so that Athena reads only the hours that a query selects. All of their values are equal.
 *
 * @param columns all of the view, in order
 */
export function deliveredViewSql(files: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  const copy = `"${freeName("_copy", columns)}"`;
  return `SELECT ${names} FROM (
SELECT *, row_number() OVER (PARTITION BY "dt", "hour", "_id" ORDER BY "_arrived") AS ${copy} FROM "${files}"
) AS "copies" WHERE ${copy} = 1`;
}
