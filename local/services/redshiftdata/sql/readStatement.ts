/** Reads one statement of Redshift SQL; what is not simulated is refused by name. */
import { identifier } from "../../../duckdb/sql";
import { type Copy, readCopy } from "./copy";
import { type CreateTable, type NewColumn, readCreateTable } from "./createTable";
import { Cursor, splitAt } from "./cursor";
import { names, type TableName, type Translator, tableSql } from "./expressions";
import { assignments, type Merge, readMerge } from "./merge";
import { notSimulated, RedshiftError } from "./redshiftError";
import { type KinesisSchema, readKinesisSchema, readStreamView, type StreamView, tableNamed } from "./streamView";
import { type Token, tokensOf } from "./tokens";

export type Statement =
  | { readonly kind: "query"; readonly sql: string }
  /** INSERT, UPDATE or DELETE: the result is the number of rows. */
  | { readonly kind: "change"; readonly sql: string }
  | { readonly kind: "define"; readonly sql: readonly string[] }
  | { readonly kind: "truncate"; readonly table: TableName }
  | { readonly kind: "create table"; readonly create: CreateTable }
  | { readonly kind: "add column"; readonly table: TableName; readonly column: NewColumn }
  | { readonly kind: "merge"; readonly merge: Merge }
  | { readonly kind: "copy"; readonly copy: Copy }
  | { readonly kind: "kinesis schema"; readonly schema: KinesisSchema }
  | { readonly kind: "stream view"; readonly view: StreamView }
  | { readonly kind: "refresh"; readonly table: TableName }
  | { readonly kind: "drop view"; readonly table: TableName; readonly isIfThere: boolean }
  /** A statement that changes no rows. */
  | { readonly kind: "nothing"; readonly tables: readonly TableName[] };

type Reader = (cursor: Cursor, translator: Translator) => Statement;

const READERS: Readonly<Record<string, Reader>> = {
  alter: readAlter,
  analyze: readUpkeep,
  copy: (cursor, translator) => ({ kind: "copy", copy: readCopy(cursor, translator) }),
  create: readCreate,
  delete: readDelete,
  drop: readDrop,
  grant: readGrant,
  insert: readInsert,
  lock: readLock,
  merge: (cursor, translator) => ({ kind: "merge", merge: readMerge(cursor, translator) }),
  refresh: (cursor) => {
    cursor.expectWords("materialized", "view");
    const table = tableNamed(cursor);
    cursor.expectEnd();
    return { kind: "refresh", table };
  },
  revoke: readGrant,
  truncate: (cursor, translator) => {
    cursor.takeWords("table");
    const table = translator.table(cursor);
    cursor.expectEnd();
    return { kind: "truncate", table };
  },
  update: readUpdate,
  vacuum: readUpkeep,
};

const TRANSACTIONS = new Set(["begin", "start", "commit", "end", "rollback", "abort"]);

/** @throws RedshiftError for what does not parse or is not simulated */
export function readStatement(sql: string, translator: Translator): Statement {
  const tokens = statementTokens(sql);
  const cursor = new Cursor(tokens);
  const first = cursor.peek();
  if (first === undefined) throw new RedshiftError("the statement is empty");
  if (cursor.isWord("select") || cursor.isWord("with") || cursor.isSymbol("(")) {
    return { kind: "query", sql: translator.sql(tokens) };
  }
  if (first.kind === "word" && TRANSACTIONS.has(first.text)) {
    throw notSimulated(first.text.toUpperCase(), "use BatchExecuteStatement, whose statements are one transaction");
  }
  const reader = first.kind === "word" && Object.hasOwn(READERS, first.text) ? READERS[first.text] : undefined;
  if (!reader) throw notSimulated(`the statement ${first.text.toUpperCase()}`);
  cursor.next();
  return reader(cursor, translator);
}

/** The tokens of a single statement, without the semicolon at its end. */
function statementTokens(sql: string): Token[] {
  const [tokens = [], ...more] = splitAt(tokensOf(sql), ";").filter((part) => part.length > 0);
  if (more.length > 0) {
    throw new RedshiftError("only a single SQL statement is allowed; use BatchExecuteStatement for several");
  }
  return tokens;
}

function readInsert(cursor: Cursor, translator: Translator): Statement {
  cursor.expectWords("into");
  const table = translator.table(cursor);
  const hasColumns = cursor.isSymbol("(") && !isQueryGroup(cursor);
  const columns = hasColumns ? ` (${names(cursor.group())})` : "";
  if (cursor.takeWords("default", "values")) {
    return { kind: "change", sql: `INSERT INTO ${tableSql(table)} DEFAULT VALUES` };
  }
  const rest = cursor.tokens.slice(cursor.at);
  if (!cursor.isWord("values") && !cursor.isWord("select") && !cursor.isWord("with") && !isQueryGroup(cursor))
    cursor.fail();
  return { kind: "change", sql: `INSERT INTO ${tableSql(table)}${columns} ${translator.sql(rest)}` };
}

function isQueryGroup(cursor: Cursor): boolean {
  return cursor.isSymbol("(") && ["select", "with"].includes(cursor.peek(1)?.text ?? "");
}

function readUpdate(cursor: Cursor, translator: Translator): Statement {
  const table = translator.table(cursor);
  const alias = aliasOf(cursor, "set");
  cursor.expectWords("set");
  const set = assignments(cursor.until("from", "where"), translator);
  const from = cursor.takeWords("from") ? ` FROM ${sources(cursor, translator)}` : "";
  const where = readWhere(cursor, translator);
  return { kind: "change", sql: `UPDATE ${tableSql(table)}${alias} SET ${set}${from}${where}` };
}

function readDelete(cursor: Cursor, translator: Translator): Statement {
  cursor.takeWords("from");
  const table = translator.table(cursor);
  const alias = aliasOf(cursor, "using", "where");
  const using = cursor.takeWords("using") ? ` USING ${sources(cursor, translator)}` : "";
  const where = readWhere(cursor, translator);
  return { kind: "change", sql: `DELETE FROM ${tableSql(table)}${alias}${using}${where}` };
}

function aliasOf(cursor: Cursor, ...before: readonly string[]): string {
  if (cursor.takeWords("as")) return ` AS ${identifier(cursor.name())}`;
  const next = cursor.peek();
  return next === undefined || before.includes(next.text) ? "" : ` AS ${identifier(cursor.name())}`;
}

/** The tables of FROM and USING: translated as those of a query are. */
function sources(cursor: Cursor, translator: Translator): string {
  const select = [...tokensOf("SELECT 1 FROM"), ...cursor.until("where")];
  return translator.sql(select).replace(/^SELECT 1 FROM /, "");
}

function readWhere(cursor: Cursor, translator: Translator): string {
  if (cursor.isAtEnd()) return "";
  cursor.expectWords("where");
  return ` WHERE ${translator.sql(cursor.tokens.slice(cursor.at))}`;
}

/** ANALYZE and VACUUM of a table. */
function readUpkeep(cursor: Cursor, translator: Translator): Statement {
  if (cursor.isAtEnd()) return { kind: "nothing", tables: [] };
  for (const word of ["full", "sort", "delete", "reindex", "recluster"]) {
    if (cursor.takeWords(word, "only") || cursor.takeWords(word)) break;
  }
  const tables = cursor.isAtEnd() ? [] : [translator.table(cursor)];
  return { kind: "nothing", tables };
}

/** Statements of a namespace run one after the other, so each has its tables alone. */
function readLock(cursor: Cursor, translator: Translator): Statement {
  cursor.takeWords("table");
  const tables: TableName[] = [];
  do tables.push(translator.table(cursor));
  while (cursor.takeSymbol(","));
  cursor.expectEnd();
  return { kind: "nothing", tables };
}

const PRIVILEGES = new Set([
  "select",
  "insert",
  "update",
  "delete",
  "references",
  "usage",
  "create",
  "all",
  "truncate",
]);

/** GRANT and REVOKE on tables and schemas: read and checked, but nobody's rights are enforced. */
function readGrant(cursor: Cursor, translator: Translator): Statement {
  do {
    if (!PRIVILEGES.has(cursor.name())) throw notSimulated("GRANT and REVOKE of roles");
    cursor.takeWords("privileges");
  } while (cursor.takeSymbol(","));
  cursor.expectWords("on");
  const tables: TableName[] = [];
  if (cursor.takeWords("schema") || cursor.takeWords("all", "tables", "in", "schema")) {
    do cursor.name();
    while (cursor.takeSymbol(","));
  } else {
    cursor.takeWords("table");
    do tables.push(translator.table(cursor));
    while (cursor.takeSymbol(","));
  }
  if (!cursor.takeWords("to")) cursor.expectWords("from");
  do {
    if (!cursor.takeWords("group")) cursor.takeWords("role");
    cursor.name();
  } while (cursor.takeSymbol(","));
  return { kind: "nothing", tables };
}

function readCreate(cursor: Cursor, translator: Translator): Statement {
  const local = cursor.takeWords("local");
  const isTemporary = cursor.takeWords("temp") || cursor.takeWords("temporary");
  if (cursor.takeWords("table"))
    return { kind: "create table", create: readCreateTable(cursor, translator, isTemporary) };
  if (isTemporary || local) cursor.fail();
  if (cursor.takeWords("external", "schema")) return { kind: "kinesis schema", schema: readKinesisSchema(cursor) };
  if (cursor.takeWords("materialized", "view"))
    return { kind: "stream view", view: readStreamView(cursor, translator) };
  if (cursor.takeWords("schema")) {
    const isIfMissing = cursor.takeWords("if", "not", "exists");
    const name = cursor.name();
    cursor.expectEnd();
    return { kind: "define", sql: [`CREATE SCHEMA ${isIfMissing ? "IF NOT EXISTS " : ""}${identifier(name)}`] };
  }
  throw notSimulated(`CREATE ${upToName(cursor)}`);
}

function readDrop(cursor: Cursor, translator: Translator): Statement {
  if (cursor.takeWords("materialized", "view")) {
    const isIfThere = cursor.takeWords("if", "exists");
    const table = tableNamed(cursor);
    cursor.expectEnd();
    return { kind: "drop view", table, isIfThere };
  }
  const kind = cursor.takeWords("table") ? "TABLE" : cursor.takeWords("schema") ? "SCHEMA" : undefined;
  if (!kind) throw notSimulated(`DROP ${upToName(cursor)}`);
  const isIfThere = cursor.takeWords("if", "exists");
  const dropped: string[] = [];
  do {
    const name = kind === "TABLE" ? tableSql(translator.table(cursor)) : identifier(cursor.name());
    dropped.push(`DROP ${kind} ${isIfThere ? "IF EXISTS " : ""}${name}`);
  } while (cursor.takeSymbol(","));
  const isCascade = cursor.takeWords("cascade");
  if (!isCascade) cursor.takeWords("restrict");
  cursor.expectEnd();
  return { kind: "define", sql: dropped.map((sql) => (isCascade ? `${sql} CASCADE` : sql)) };
}

function readAlter(cursor: Cursor, translator: Translator): Statement {
  if (!cursor.takeWords("table")) throw notSimulated(`ALTER ${upToName(cursor)}`);
  const table = translator.table(cursor);
  if (cursor.takeWords("rename", "to")) {
    const name = cursor.name();
    cursor.expectEnd();
    return { kind: "define", sql: [`ALTER TABLE ${tableSql(table)} RENAME TO ${identifier(name)}`] };
  }
  if (cursor.takeWords("add")) {
    cursor.takeWords("column");
    const declared = [...tokensOf("x ("), ...cursor.tokens.slice(cursor.at), ...tokensOf(")")];
    const [column] = readCreateTable(new Cursor(declared), translator, false).elements;
    if (column && "type" in column) return { kind: "add column", table, column };
  }
  throw notSimulated(`ALTER TABLE ${upToName(cursor)}`, "use RENAME TO or ADD COLUMN");
}

function upToName(cursor: Cursor): string {
  return [cursor.peek(), cursor.peek(1)]
    .filter((token) => token?.kind === "word")
    .map((token) => token?.text.toUpperCase())
    .join(" ");
}
