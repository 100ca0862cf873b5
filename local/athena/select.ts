/** What a SELECT asks for, from DuckDB's own parse of it: tables, functions, and nothing that reaches past the catalog. */
import type { DuckDb } from "../engine/duckdb";
import { literal } from "../engine/sql";
import { AthenaError } from "./athenaError";
import { MAPPED_FUNCTIONS, SAME_FUNCTIONS, SYNTAX_FUNCTIONS } from "./functions";

export interface TableReference {
  /** Undefined: the query's own database. */
  readonly database?: string;
  readonly table: string;
}

export interface Select {
  /** For DuckDB: the query with Athena's functions in DuckDB's names. */
  readonly sql: string;
  readonly tables: readonly TableReference[];
}

type Node = Readonly<Record<string, unknown>>;

const TABLE_KINDS = new Set(["BASE_TABLE", "JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST", "TABLE_FUNCTION"]);

/** @throws AthenaError naming what is wrong or not simulated */
export async function readSelect(db: DuckDb, sql: string): Promise<Select> {
  const nodes = [...nodesOf(await parse(db, sql))];
  const common = new Set(nodes.flatMap(commonTableNames));
  for (const node of nodes) checkFrom(node);
  const tables = nodes
    .filter((node) => node.type === "BASE_TABLE")
    .filter((node) => node.schema_name !== "" || !common.has(String(node.table_name).toLowerCase()))
    .map(tableReference);
  return { sql: renameFunctions(sql, nodes), tables };
}

async function parse(db: DuckDb, sql: string): Promise<unknown> {
  const [row] = await db.rows(`SELECT json_serialize_sql(${literal(sql)}) AS parsed`);
  const parsed = JSON.parse(String(row?.parsed)) as { error: boolean; error_message?: string; statements?: unknown[] };
  if (parsed.error) throw new AthenaError("SYNTAX_ERROR", String(parsed.error_message));
  if (parsed.statements?.length !== 1) throw new AthenaError("SYNTAX_ERROR", "a query is one statement");
  return parsed.statements;
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

/** Tables of a FROM must be the catalog's, or made by the query itself. */
function checkFrom(node: Node): void {
  if (!("from_table" in node) && !("left" in node && "join_type" in node)) return;
  for (const from of [node.from_table, node.left, node.right]) {
    const kind = (from as Node | undefined)?.type;
    if (typeof kind === "string" && !TABLE_KINDS.has(kind)) {
      throw new AthenaError("NOT_SUPPORTED", `local/athena: ${kind} in FROM is not Athena's`);
    }
  }
}

function tableReference(node: Node): TableReference {
  const catalog = String(node.catalog_name).toLowerCase();
  if (catalog !== "" && catalog !== "awsdatacatalog") {
    throw new AthenaError("CATALOG_NOT_FOUND", `Catalog '${catalog}' does not exist`);
  }
  const database = String(node.schema_name).toLowerCase();
  return { table: String(node.table_name).toLowerCase(), ...(database !== "" && { database }) };
}

/** Renames each call where it stands, so that texts, columns and aliases of the same name stay. */
function renameFunctions(sql: string, nodes: readonly Node[]): string {
  const bytes = Buffer.from(sql);
  const renames = new Map<number, { readonly length: number; readonly name: string }>();
  for (const node of nodes) {
    if (typeof node.function_name !== "string" || node.is_operator === true) continue;
    const name = node.function_name.toLowerCase();
    const at = Number(node.query_location);
    const written = /^("?)([a-z0-9_]+)\1\s*\(/i.exec(bytes.subarray(at, at + 100).toString("latin1"));
    const isWritten = written?.[2]?.toLowerCase() === name || (name === "count_star" && written !== null);
    checkFunction(name, node, isWritten);
    const target = isWritten && Object.hasOwn(MAPPED_FUNCTIONS, name) ? MAPPED_FUNCTIONS[name] : undefined;
    if (target) renames.set(at, { length: written?.[0].replace(/\s*\($/, "").length ?? 0, name: target });
  }
  const pieces: Buffer[] = [];
  let done = 0;
  for (const [at, { length, name }] of [...renames].sort(([a], [b]) => a - b)) {
    pieces.push(bytes.subarray(done, at), Buffer.from(name));
    done = at + length;
  }
  return Buffer.concat([...pieces, bytes.subarray(done)]).toString("utf8");
}

function checkFunction(name: string, node: Node, isWritten: boolean): void {
  const isPlain = !node.schema && !node.catalog;
  const isKnown = isWritten
    ? SAME_FUNCTIONS.has(name) || Object.hasOwn(MAPPED_FUNCTIONS, name)
    : SYNTAX_FUNCTIONS.has(name) || SAME_FUNCTIONS.has(name);
  if (isPlain && isKnown) return;
  throw new AthenaError(
    "FUNCTION_NOT_FOUND",
    `local/athena: the function "${name}" is not simulated; see docs/fidelity.md`,
  );
}
