/** Views of the catalog, in the form in which Athena stores them. */
import type { GlueTable } from "../../catalog/catalog";
import type { DuckDb } from "../../duckdb/duckdb";
import { identifier } from "../../duckdb/sql";
import { AthenaError } from "./athenaError";

interface View {
  readonly sql: string;
  /** The database of table names without one. */
  readonly database: string;
  readonly columns: readonly string[];
}

const PREFIX = "/* Presto View: ";

/** The definition of a view; undefined for a table. @throws AthenaError for a view that is not Athena's */
export function viewOf(table: GlueTable): View | undefined {
  if (table.TableType !== "VIRTUAL_VIEW") return undefined;
  const text = table.ViewOriginalText ?? "";
  if (!text.startsWith(PREFIX)) {
    throw new AthenaError(
      "NOT_SUPPORTED",
      `local/athena: the view "${table.Name}" is not one of Athena; see docs/fidelity.md`,
    );
  }
  const definition = JSON.parse(Buffer.from(text.slice(PREFIX.length, -" */".length), "base64").toString("utf8")) as {
    originalSql: string;
    schema: string;
    columns: readonly { name: string }[];
  };
  const columns = definition.columns.map(({ name }) => name);
  return { sql: definition.originalSql, database: definition.schema, columns };
}

/** @param view its SQL is that for DuckDB */
export async function createView(db: DuckDb, table: GlueTable, { sql, database, columns }: View): Promise<void> {
  await db.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(table.DatabaseName)}`);
  await db.run(`USE awsdatacatalog.${identifier(database)}`);
  const names = columns.map(identifier).join(", ");
  const statement = `CREATE OR REPLACE VIEW ${identifier(table.DatabaseName)}.${identifier(table.Name)}(${names}) AS ${sql}`;
  await db.run(statement).catch((cause: Error) => {
    const problem = `View '${table.DatabaseName}.${table.Name}' is stale or in invalid state: ${cause.message}`;
    throw new AthenaError("INVALID_VIEW", problem, { cause });
  });
}
