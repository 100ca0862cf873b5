/** Checks table names: Glue, Athena and object keys must all accept them unchanged. */

const TABLE_NAME = /^[a-z0-9_]{1,255}$/;

/** True for 1 to 255 lower-case letters, digits and `_` (Athena's rule for table names, Glue's for their length). */
export function isTableName(text: string): boolean {
  return TABLE_NAME.test(text);
}

/**
 * The table over `unformatted/`. Rows cannot go to a table of this name: a crawler would find two tables with the same
 * name.
 */
export const UNFORMATTED_TABLE = "unformatted";

/** The names that Firehose's conversion to Parquet adds to a table: the Parquet as delivered, and the view with each row once. */
export function deliveredNames(table: string): { readonly view: string; readonly files: string } {
  return { view: `${table}_delivered`, files: `${table}_delivered_files` };
}

/** The view of a table of Parquet as delivered; undefined for any other table. */
export function deliveredViewOf(files: string): string | undefined {
  const ending = deliveredNames("").files;
  return files.endsWith(ending) ? deliveredNames(files.slice(0, -ending.length)).view : undefined;
}

/** The names that belong to a table's live view: the view, and the table with the lines of `raw/`. */
export function liveNames(table: string): { readonly view: string; readonly lines: string } {
  return { view: `${table}_live`, lines: `${table}_raw` };
}
