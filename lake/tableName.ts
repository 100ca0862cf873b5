/** Which table names the lake allows: those that Glue, Athena and an object key all take unchanged. */

const TABLE_NAME = /^[a-z0-9_]{1,255}$/;

/** True for 1 to 255 lower-case letters, digits and `_` (Athena's rule for table names, Glue's for their length). */
export function isTableName(text: string): boolean {
  return TABLE_NAME.test(text);
}
