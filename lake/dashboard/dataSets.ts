/** The data sets of a dashboard: their columns, and the SQL that reads them from Athena or Redshift. */
import { type Column, elementType, META_COLUMNS, PARTITION_COLUMNS, UNFORMATTED_COLUMNS } from "../columns";
import { liveNames, UNFORMATTED_TABLE } from "../tableName";
import { tableName } from "../warehouse/tables";

/** A query of the program, for what no table has as it is. */
export interface DashboardQuery {
  /** One SELECT in the SQL of the data source: Athena's, or Redshift's with a warehouse; tables with their database or schema. 1 to 168,000 characters. */
  readonly sql: string;
  /** The names and types of its columns, as the query returns them; no lists. */
  readonly columns: readonly DashboardColumn[];
}

export type DashboardColumn = Pick<Column, "name" | "type">;

/** A data set that visuals can draw. */
export interface DataSet {
  readonly name: string;
  /** All columns, lists included, which no visual draws. */
  readonly columns: readonly DashboardColumn[];
  /** A column that has a value in every row. */
  readonly countedColumn?: string;
  /** The query of the program; of a table, it is `tableSql`. */
  readonly sql?: string;
}

export interface LakeTables {
  /** The declared columns of each table. */
  readonly tables: Readonly<Record<string, readonly Column[]>>;
  /** The tables that have a live view. */
  readonly live: readonly string[];
}

/** The data sets of a lake's tables in Athena. */
export function athenaDataSets({ tables, live }: LakeTables): DataSet[] {
  const ofTables = Object.entries(tables).flatMap(([name, declared]) => {
    const columns = [...META_COLUMNS, ...declared, ...PARTITION_COLUMNS].map(nameAndType);
    const names = live.includes(name) ? [name, liveNames(name).view] : [name];
    return names.map((each): DataSet => ({ name: each, columns, countedColumn: "_format" }));
  });
  const strings = ["table_name", ...UNFORMATTED_COLUMNS, ...PARTITION_COLUMNS.map(({ name }) => name)];
  const unformatted = strings.map((name) => ({ name, type: "string" as const }));
  return [...ofTables, { name: UNFORMATTED_TABLE, columns: unformatted, countedColumn: "reason" }];
}

/** The data sets of a warehouse's tables. */
export function redshiftDataSets(tables: Readonly<Record<string, readonly Column[]>>): DataSet[] {
  return Object.entries(tables).map(([name, declared]) => ({
    name,
    columns: [...META_COLUMNS, ...declared].map(nameAndType),
    countedColumn: "_format",
  }));
}

/** The data sets of a program's own queries. */
export function queryDataSets(queries: Readonly<Record<string, DashboardQuery>>): DataSet[] {
  return Object.entries(queries).map(([name, { sql, columns }]) => ({ name, columns: columns.map(nameAndType), sql }));
}

function nameAndType({ name, type }: DashboardColumn): DashboardColumn {
  return { name, type };
}

/** Of a column's name: https://docs.aws.amazon.com/quicksight/latest/APIReference/API_InputColumn.html */
export const MAX_DRAWN_NAME = 128;

/** The columns that a visual can draw: QuickSight reads no lists, and no names that are longer than its own. */
export function drawnColumns({ columns }: DataSet): DashboardColumn[] {
  return columns.filter(({ name, type }) => elementType(type) === undefined && name.length <= MAX_DRAWN_NAME);
}

/**
 * Reads the last days of a table in Athena, so that a query lists only their hours.
 *
 * @param days complete days before today
 */
export function athenaTableSql(dataSet: DataSet, database: string, days: number): string {
  return `SELECT ${selected(dataSet)}
FROM "${database}"."${dataSet.name}"
WHERE "dt" >= date_format(current_date - interval '${days}' day, '%Y-%m-%d')`;
}

const MAX_DATABASE_NAME = 255;
const MAX_DAYS = 3650;

/** The characters of the longest query that reads a table; a schema of Redshift has a shorter name than a database of Glue. */
export function maxTableSql(dataSet: DataSet): number {
  return athenaTableSql(dataSet, "d".repeat(MAX_DATABASE_NAME), MAX_DAYS).length;
}

/** Reads the last days of a table in Redshift. */
export function redshiftTableSql(dataSet: DataSet, schema: string, days: number): string {
  return `SELECT ${selected(dataSet)}
FROM ${tableName(schema, dataSet.name)}
WHERE "_arrived" >= DATEADD(day, -${days}, CAST(GETDATE() AS DATE))`;
}

/** Booleans are strings: QuickSight shows those of Athena and of Redshift in different ways. */
function selected(dataSet: DataSet): string {
  return drawnColumns(dataSet)
    .map(({ name, type }) =>
      type === "boolean"
        ? `CASE WHEN "${name}" THEN 'true' WHEN NOT "${name}" THEN 'false' END AS "${name}"`
        : `"${name}"`,
    )
    .join(", ");
}

const QUICKSIGHT_TYPES: Readonly<Record<string, "STRING" | "INTEGER" | "DECIMAL" | "DATETIME">> = {
  bigint: "INTEGER",
  boolean: "STRING",
  date: "DATETIME",
  double: "DECIMAL",
  string: "STRING",
  timestamp: "DATETIME",
};

/** https://docs.aws.amazon.com/quicksight/latest/APIReference/API_InputColumn.html */
export function quickSightType({ type }: DashboardColumn): "STRING" | "INTEGER" | "DECIMAL" | "DATETIME" {
  return QUICKSIGHT_TYPES[type] as "STRING" | "INTEGER" | "DECIMAL" | "DATETIME";
}
