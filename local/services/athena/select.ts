/** Reads a SELECT's tables and functions from DuckDB's parse tree; refuses queries that read outside the catalog. */
import type { DuckDb } from "../../duckdb/duckdb";
import { literal } from "../../duckdb/sql";
import { AthenaError } from "./athenaError";
import { columnNames } from "./columnNames";
import { duckDialect } from "./dialect";
import type { Node } from "./node";
import { placeOf } from "./queryError";
import { renameFunctions } from "./renameFunctions";

export interface TableReference {
  /** Undefined for the query's default database. */
  readonly database?: string;
  readonly table: string;
  /** `line 1:15: ` */
  readonly place: string;
}

interface Select {
  /** The query for DuckDB, with DuckDB's names of Athena's functions. */
  readonly sql: string;
  readonly tables: readonly TableReference[];
  /** Athena's column names for DuckDB's. */
  names(found: readonly string[]): string[];
}

const TABLE_KINDS = new Set(["BASE_TABLE", "JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST", "TABLE_FUNCTION"]);

/** @throws AthenaError that names what is wrong or not simulated */
export async function readSelect(db: DuckDb, athenaSql: string, nowMillis: number): Promise<Select> {
  const sql = duckDialect(athenaSql, nowMillis);
  const statement = await parse(db, sql);
  const nodes = [...nodesOf(statement)];
  const common = new Set(nodes.flatMap(commonTableNames));
  for (const node of nodes) checkFrom(node);
  const tables = nodes
    .filter((node) => node.type === "BASE_TABLE")
    .filter((node) => node.schema_name !== "" || !common.has(String(node.table_name).toLowerCase()))
    .map((node) => tableReference(node, sql));
  return { sql: renameFunctions(sql, nodes), tables, names: (found) => columnNames(statement.node, found) };
}

async function parse(db: DuckDb, sql: string): Promise<{ readonly node: Node }> {
  const [row] = await db.rows(`SELECT json_serialize_sql(${literal(sql)}) AS parsed`);
  const parsed = JSON.parse(String(row?.parsed)) as {
    error: boolean;
    error_message?: string;
    position?: string;
    statements?: { node: Node }[];
  };
  if (parsed.error) {
    const place = parsed.position === undefined ? "" : placeOf(sql, Number(parsed.position));
    throw new AthenaError("SYNTAX_ERROR", `${place}${parsed.error_message ?? "the query does not parse"}`);
  }
  const [statement, ...more] = parsed.statements ?? [];
  if (!statement || more.length > 0) throw new AthenaError("SYNTAX_ERROR", "a query must be a single statement");
  return statement;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

function commonTableNames(node: Node): string[] {
  const map = (node.cte_map as { map?: { key: string }[] } | undefined)?.map ?? [];
  return map.map((entry) => entry.key.toLowerCase());
}

/** A FROM may name only tables of the catalog and of the query itself. */
function checkFrom(node: Node): void {
  if (!("from_table" in node) && !("left" in node && "join_type" in node)) return;
  for (const from of [node.from_table, node.left, node.right]) {
    const kind = (from as Node | undefined)?.type;
    if (typeof kind === "string" && !TABLE_KINDS.has(kind)) {
      throw new AthenaError("NOT_SUPPORTED", `local/athena: Athena has no ${kind} in FROM`);
    }
  }
}

function tableReference(node: Node, sql: string): TableReference {
  const catalog = String(node.catalog_name).toLowerCase();
  if (catalog !== "" && catalog !== "awsdatacatalog") {
    throw new AthenaError("CATALOG_NOT_FOUND", `Catalog '${catalog}' does not exist`);
  }
  const database = String(node.schema_name).toLowerCase();
  const place = placeOf(sql, Number(node.query_location));
  return { table: String(node.table_name).toLowerCase(), place, ...(database !== "" && { database }) };
}
