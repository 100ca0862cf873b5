/** The statements of one load: a transaction that copies new objects, merges their rows by `_id`, and records the load. */
import type { Column } from "../columns";
import type { Hour } from "../hour";
import { identifier, LOADS_TABLE, literal, tableName, warehouseColumns } from "./tables";

/** The maximum of the Data API: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html */
export const MAX_STATEMENT_BYTES = 100_000;

/** The hours whose objects a load takes, each with the set of objects that are loaded once it has committed. */
export interface LoadedHour {
  readonly hour: Hour;
  /** The fingerprint of the set. */
  readonly objects: string;
  /** How many objects of the hour this load adds. */
  readonly objectCount: number;
}

export interface Load {
  readonly table: string;
  /** Identifies the load's objects. */
  readonly id: string;
  readonly hours: readonly LoadedHour[];
  readonly rows: number;
  /** Values that are cut, or null because they do not convert. */
  readonly changedValues: number;
}

export interface LoadTarget {
  readonly schema: string;
  /** The declared columns of the table. */
  readonly columns: readonly Column[];
  /** URL of the manifest, `s3://…`. */
  readonly manifest: string;
  /** ARN of the role by which Redshift reads the manifest and its objects. */
  readonly roleArn: string;
}

const STAGING = "staging";

/**
 * All in one transaction of the Data API (BatchExecuteStatement). LOCK comes first: a transaction's snapshot is taken at
 * its first query, so a load that waited for another one sees its rows, and MERGE finds them.
 * https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html lists what takes the snapshot, and LOCK is not there.
 */
export function loadStatements(load: Load, { schema, columns, manifest, roleArn }: LoadTarget): string[] {
  const lock = `LOCK ${tableName(schema, LOADS_TABLE)}`;
  // COPY refuses a manifest without objects.
  if (load.rows === 0) return [lock, recordStatement(schema, load)];
  return [
    lock,
    `CREATE TEMP TABLE ${identifier(STAGING)} (LIKE ${tableName(schema, load.table)})`,
    // Absent keys are nulls. Without COMPUPDATE OFF, COPY into an empty table samples the data for encodings first.
    `COPY ${identifier(STAGING)} FROM ${literal(manifest)} IAM_ROLE ${literal(roleArn)} FORMAT JSON 'auto' TIMEFORMAT 'auto' GZIP MANIFEST COMPUPDATE OFF STATUPDATE OFF`,
    mergeStatement(schema, load.table, columns),
    recordStatement(schema, load),
    `DROP TABLE ${identifier(STAGING)}`,
  ];
}

/** The longest statement of a load, which the Data API must take. */
export function mergeStatement(schema: string, table: string, columns: readonly Column[]): string {
  const names = warehouseColumns(columns).map(({ name }) => identifier(name));
  const values = names.map((name) => `${identifier(STAGING)}.${name}`);
  const updates = names.map((name, index) => `${name} = ${values[index]}`).slice(1);
  return `MERGE INTO ${tableName(schema, table)} USING ${identifier(STAGING)} ON ${identifier(table)}."_id" = ${values[0]} WHEN MATCHED THEN UPDATE SET ${updates.join(", ")} WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${values.join(", ")})`;
}

function recordStatement(schema: string, { table, id, hours, rows, changedValues }: Load): string {
  const names = ["table_name", "hour", "objects", "load", "object_count", "row_count", "changed_values"];
  const lines = hours.map(
    ({ hour, objects, objectCount }) =>
      `(${[table, hour, objects, id].map(literal).join(", ")}, ${objectCount}, ${rows}, ${changedValues})`,
  );
  return `INSERT INTO ${tableName(schema, LOADS_TABLE)} (${names.map(identifier).join(", ")}) VALUES ${lines.join(", ")}`;
}

/** Selects the sets of objects that are loaded, from an hour on. */
export function loadedQuery(schema: string, since: Hour): string {
  return `SELECT table_name, hour, objects FROM ${tableName(schema, LOADS_TABLE)} WHERE hour >= ${literal(since)}`;
}
