/** The tables of a warehouse: Redshift's types of the lake's columns, and the SQL that declares and widens the tables. */
import { type Column, elementType, META_COLUMNS } from "../columns";

/** https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html */
export const MAX_STRING_BYTES = 65_535;
/** https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_usage.html */
export const MAX_WAREHOUSE_COLUMNS = 1_600;
/** Redshift cuts longer names: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html */
export const MAX_WAREHOUSE_NAME = 127;

/** Statements: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html, "Sqls" */
const MAX_TRANSACTION = 40;

/** The table with one row for each hour of each load. */
export const LOADS_TABLE = "streamlake_loads";

const TYPES: Readonly<Record<string, string>> = {
  bigint: "BIGINT",
  boolean: "BOOLEAN",
  date: "DATE",
  double: "DOUBLE PRECISION",
  string: `VARCHAR(${MAX_STRING_BYTES})`,
  timestamp: "TIMESTAMP",
};

/** The types of the lake's own columns where they are narrower than those of their lake types. */
const OWN_TYPES: Readonly<Record<string, string>> = { _id: "VARCHAR(256) NOT NULL", _format: "VARCHAR(256)" };

const LOADS_COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ["table_name", "VARCHAR(256) NOT NULL"],
  ["hour", "VARCHAR(13) NOT NULL"],
  ["objects", "VARCHAR(64) NOT NULL"],
  ["load", "VARCHAR(64) NOT NULL"],
  ["object_count", "BIGINT"],
  ["row_count", "BIGINT"],
  ["changed_values", "BIGINT"],
  ["loaded_at", "TIMESTAMP DEFAULT GETDATE()"],
];

/** A database's tables as the catalog lists them: table → its columns. */
export type CatalogColumns = ReadonlyMap<string, ReadonlySet<string>>;

/** Redshift's type of a column: SUPER for lists. */
export function redshiftType({ name, type }: Pick<Column, "name" | "type">): string {
  return OWN_TYPES[name] ?? (elementType(type) ? "SUPER" : (TYPES[type] as string));
}

/** The columns of a table with these declared columns; the lake's own come first. */
export function warehouseColumns(columns: readonly Column[]): Column[] {
  return [...META_COLUMNS, ...columns];
}

/** Selects the columns of the schema's tables. */
export function catalogQuery(schema: string): string {
  return `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ${literal(schema)}`;
}

/**
 * The transactions that make the tables and columns that are not there; none if all are. Each one grants the tables that it
 * makes, because the next one may fail. Redshift's ADD COLUMN knows no "if not exists":
 * https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
 */
export function declareTables(
  schema: string,
  tables: Readonly<Record<string, readonly Column[]>>,
  present: CatalogColumns,
): string[][] {
  const statements: string[] = [];
  for (const [table, declared] of Object.entries(tables)) {
    const columns = warehouseColumns(declared);
    const known = present.get(table);
    if (!known) {
      const list = columns.map((column) => `${identifier(column.name)} ${redshiftType(column)}`);
      statements.push(
        `CREATE TABLE IF NOT EXISTS ${tableName(schema, table)} (${list.join(", ")}, PRIMARY KEY ("_id")) DISTKEY ("_id") SORTKEY ("_arrived")`,
      );
      continue;
    }
    const added = columns.filter(({ name }) => !known.has(name));
    statements.push(
      ...added.map(
        (column) =>
          `ALTER TABLE ${tableName(schema, table)} ADD COLUMN ${identifier(column.name)} ${redshiftType(column)}`,
      ),
    );
  }
  if (!present.has(LOADS_TABLE)) {
    const list = LOADS_COLUMNS.map(([name, type]) => `${identifier(name)} ${type}`);
    statements.push(`CREATE TABLE IF NOT EXISTS ${tableName(schema, LOADS_TABLE)} (${list.join(", ")})`);
  }
  const create = `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}`;
  // Whoever may connect may read; the permissions to connect are the component's `queryAccess()`.
  const grants = [
    `GRANT USAGE ON SCHEMA ${identifier(schema)} TO PUBLIC`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${identifier(schema)} TO PUBLIC`,
  ];
  const size = MAX_TRANSACTION - 1 - grants.length;
  return Array.from({ length: Math.ceil(statements.length / size) }, (_, index) => [
    create,
    ...statements.slice(index * size, (index + 1) * size),
    ...grants,
  ]);
}

export function tableName(schema: string, table: string): string {
  return `${identifier(schema)}.${identifier(table)}`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal; Redshift takes a backslash in it as an escape. */
export function literal(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
