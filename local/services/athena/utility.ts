/** Runs the statements that read the catalog: SHOW TABLES, SHOW PARTITIONS, DESCRIBE and similar. */
import type { GlueTable } from "../../catalog/catalog";
import { AthenaError } from "./athenaError";
import type { QueryOptions, QueryResult } from "./query";
import { columnInfo } from "./resultTypes";

interface Utility {
  readonly statement: "SHOW DATABASES" | "SHOW TABLES" | "SHOW PARTITIONS" | "SHOW COLUMNS" | "DESCRIBE";
  readonly database?: string;
  readonly table?: string;
}

const NAME = '(?:"([^"]+)"|`([^`]+)`|([A-Za-z0-9_]+))';
const QUALIFIED = `(?:${NAME}\\s*\\.\\s*)?${NAME}`;
const DATABASES = /^SHOW\s+(?:DATABASES|SCHEMAS)$/i;
const TABLES = new RegExp(`^SHOW\\s+TABLES(?:\\s+(?:IN|FROM)\\s+${NAME})?$`, "i");
const OF_TABLE = new RegExp(`^(SHOW\\s+PARTITIONS|SHOW\\s+COLUMNS\\s+(?:IN|FROM)|DESCRIBE|DESC)\\s+${QUALIFIED}$`, "i");
const SELECTS = /^(SELECT|WITH|\(|VALUES)/i;

/** Undefined for a SELECT. @throws AthenaError that names the statement, for every other one */
export function utilityOf(sql: string): Utility | undefined {
  const text = withoutComments(sql).trim().replace(/;\s*$/, "").trim();
  if (SELECTS.test(text)) return undefined;
  if (DATABASES.test(text)) return { statement: "SHOW DATABASES" };
  const tables = TABLES.exec(text);
  if (tables) return { statement: "SHOW TABLES", database: nameIn(tables, 1) };
  const table = OF_TABLE.exec(text);
  if (table) {
    const words = (table[1] as string).toUpperCase().split(/\s+/);
    const statement = words[0] === "SHOW" ? (`SHOW ${words[1]}` as Utility["statement"]) : "DESCRIBE";
    return { statement, database: nameIn(table, 2), table: nameIn(table, 5) };
  }
  const [word = ""] = /^\S+/.exec(text) ?? [];
  throw new AthenaError(
    "NOT_SUPPORTED",
    text === ""
      ? "the query is empty"
      : `local/athena: ${word.toUpperCase().slice(0, 20)} statements of this form are not simulated (SELECT, WITH, SHOW TABLES, SHOW PARTITIONS, SHOW COLUMNS, SHOW DATABASES and DESCRIBE are); see docs/fidelity.md`,
  );
}

export function runUtility(options: QueryOptions, utility: Utility): QueryResult {
  const database = utility.database ?? options.database;
  if (utility.statement === "SHOW DATABASES") {
    return result(
      ["database_name"],
      options.catalog.databases().map(({ Name }) => [Name]),
    );
  }
  if (utility.statement === "SHOW TABLES") {
    const names = options.catalog.tables(database).map(({ Name }) => [Name]);
    return result(["tab_name"], names.sort());
  }
  const table = options.catalog.findTable(database, utility.table as string);
  if (!table)
    throw new AthenaError("TABLE_NOT_FOUND", `Table 'awsdatacatalog.${database}.${utility.table}' does not exist`);
  options.authorize?.(table);
  if (utility.statement === "SHOW PARTITIONS") return result(["partition"], partitionRows(options, table));
  const columns = [...table.StorageDescriptor.Columns, ...table.PartitionKeys];
  if (utility.statement === "SHOW COLUMNS")
    return result(
      ["field"],
      columns.map(({ Name }) => [Name]),
    );
  return result(
    ["col_name", "data_type", "comment"],
    columns.map(({ Name, Type, Comment }) => [Name, Type, Comment ?? ""]),
  );
}

function partitionRows(options: QueryOptions, table: GlueTable): string[][] {
  const names = table.PartitionKeys.map((key) => key.Name);
  return options.catalog
    .partitions(table.DatabaseName, table.Name)
    .map(({ Values }) => [Values.map((value, index) => `${names[index]}=${value}`).join("/")]);
}

function result(names: readonly string[], rows: readonly (readonly string[])[]): QueryResult {
  const columns = names.map((name) => ({ ...columnInfo(name, "VARCHAR"), Type: "string" }));
  return { kind: "UTILITY", columns, rows, scannedBytes: 0 };
}

function nameIn(found: RegExpExecArray, first: number): string | undefined {
  return (found[first] ?? found[first + 1] ?? found[first + 2])?.toLowerCase();
}

function withoutComments(sql: string): string {
  return sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "");
}
