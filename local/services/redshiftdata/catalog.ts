/** Reads the columns of tables, and creates tables whose columns keep their Redshift types. */
import type { DuckDb } from "../../duckdb/duckdb";
import { identifier, literal } from "../../duckdb/sql";
import type { CreateTable, NewColumn } from "./sql/createTable";
import { type TableName, tableSql } from "./sql/expressions";
import { RedshiftError } from "./sql/redshiftError";
import { type ColumnType, duckType, typeComment, typeOfComment } from "./sql/types";

/** @throws RedshiftError if there is no such table */
export async function columnsOf(db: DuckDb, table: TableName): Promise<NewColumn[]> {
  const where = [
    `table_name = ${literal(table.name)}`,
    "NOT internal",
    table.schema === undefined
      ? "(schema_name = 'public' OR database_name = 'temp')"
      : `schema_name = ${literal(table.schema)}`,
  ];
  const rows = await db.rows(
    `SELECT column_name, comment, is_nullable, column_default, database_name FROM duckdb_columns()
     WHERE ${where.join(" AND ")} ORDER BY database_name = 'temp' DESC, column_index`,
  );
  // A temporary table hides the table with its name.
  const own = rows.filter((row) => row.database_name === rows[0]?.database_name);
  if (own.length === 0) throw noTable(table);
  return own.map((row) => ({
    name: String(row.column_name),
    type: typeOfComment(String(row.comment)),
    isNullable: row.is_nullable === true,
    ...(row.column_default !== null && { byDefault: String(row.column_default) }),
  }));
}

export function noTable({ schema, name }: TableName): RedshiftError {
  return new RedshiftError(`relation "${schema === undefined ? name : `${schema}.${name}`}" does not exist`);
}

export async function createTable(db: DuckDb, create: CreateTable): Promise<void> {
  const table = tableSql(create.table);
  const kind = create.isTemporary ? "TEMP TABLE" : "TABLE";
  if (await exists(db, create)) {
    if (create.isIfMissing) return;
    throw new RedshiftError(`Relation "${create.table.name}" already exists`);
  }
  const columns = create.query === undefined ? await declared(db, create) : await queried(db, create, create.query);
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RedshiftError(`column "${twice}" specified more than once`);
  await db.run(`CREATE ${kind} ${table} (${columns.map(columnSql).join(", ")})`);
  for (const { name, type } of columns) {
    await db.run(`COMMENT ON COLUMN ${table}.${identifier(name)} IS ${typeComment(type)}`);
  }
  if (create.query !== undefined) await db.run(`INSERT INTO ${table} ${create.query}`);
}

/** Makes the table anew: DuckDB adds no constraint with a column, and the length of its strings is one. */
export async function addColumn(db: DuckDb, table: TableName, column: NewColumn): Promise<void> {
  const columns = await columnsOf(db, table);
  if (columns.some(({ name }) => name === column.name)) {
    throw new RedshiftError(`column "${column.name}" of relation "${table.name}" already exists`);
  }
  const former = { ...table, name: `${table.name} before alter` };
  await db.run(`ALTER TABLE ${tableSql(table)} RENAME TO ${identifier(former.name)}`);
  await createTable(db, { table, isTemporary: false, isIfMissing: false, elements: [...columns, column] });
  const names = columns.map(({ name }) => identifier(name)).join(", ");
  await db.run(`INSERT INTO ${tableSql(table)} (${names}) SELECT ${names} FROM ${tableSql(former)}`);
  await db.run(`DROP TABLE ${tableSql(former)}`);
}

async function exists(db: DuckDb, { table, isTemporary }: CreateTable): Promise<boolean> {
  const place = isTemporary ? "database_name = 'temp'" : `schema_name = ${literal(table.schema ?? "public")}`;
  const rows = await db.rows(`SELECT 1 FROM duckdb_tables() WHERE table_name = ${literal(table.name)} AND ${place}`);
  return rows.length > 0;
}

async function declared(db: DuckDb, { elements }: CreateTable): Promise<NewColumn[]> {
  const columns: NewColumn[] = [];
  for (const element of elements) {
    if (!("like" in element)) columns.push(element);
    else {
      const copied = await columnsOf(db, element.like);
      columns.push(
        ...copied.map(({ byDefault, ...column }) => ({
          ...column,
          ...(element.withDefaults && byDefault !== undefined && { byDefault }),
        })),
      );
    }
  }
  return columns;
}

async function queried(db: DuckDb, { columns }: CreateTable, query: string): Promise<NewColumn[]> {
  const found = await db.rows(`DESCRIBE ${query}`);
  if (columns && columns.length !== found.length) throw new RedshiftError("CREATE TABLE AS has too many column names");
  return found.map((row, index) => ({
    name: columns?.[index] ?? String(row.column_name),
    type: typeOfResult(String(row.column_type)),
    isNullable: true,
  }));
}

function columnSql(column: NewColumn): string {
  const { name, type, isNullable } = column;
  const check = type.bytes === undefined ? "" : ` CHECK (strlen(${identifier(name)}) <= ${type.bytes})`;
  const byDefault = column.byDefault === undefined ? "" : ` DEFAULT ${column.byDefault}`;
  return `${identifier(name)} ${duckType(type)}${byDefault}${isNullable ? "" : " NOT NULL"}${check}`;
}

const RESULT_TYPES: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: { name: "bool" },
  TINYINT: { name: "int2" },
  SMALLINT: { name: "int2" },
  INTEGER: { name: "int4" },
  BIGINT: { name: "int8" },
  // DuckDB's sums of integers.
  HUGEINT: { name: "int8" },
  FLOAT: { name: "float4" },
  DOUBLE: { name: "float8" },
  VARCHAR: { name: "varchar", bytes: 65_535 },
  JSON: { name: "varchar", bytes: 65_535 },
  DATE: { name: "date" },
  TIME: { name: "time" },
  TIMESTAMP: { name: "timestamp" },
  "TIMESTAMP WITH TIME ZONE": { name: "timestamptz" },
  VARIANT: { name: "super" },
  '"NULL"': { name: "varchar", bytes: 65_535 },
  NULL: { name: "varchar", bytes: 65_535 },
};

/** The Redshift type of a column of a DuckDB result. */
export function typeOfResult(duck: string): ColumnType {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duck);
  if (decimal) return { name: "numeric", precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const found = RESULT_TYPES[duck];
  if (!found) throw new RedshiftError(`local/redshift-data: a result of DuckDB's type ${duck} is not simulated`);
  return found;
}
