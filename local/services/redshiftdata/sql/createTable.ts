/** Reads CREATE TABLE; keys, encodings and distribution are accepted, as they change nothing but speed. */
import { Cursor, isSymbol, isWord, splitAt } from "./cursor";
import { nameList, type TableName, type Translator } from "./expressions";
import { notSimulated, RedshiftError } from "./redshiftError";
import type { Token } from "./tokens";
import { type ColumnType, readType } from "./types";

export interface NewColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly isNullable: boolean;
  /** An expression of DuckDB. */
  readonly byDefault?: string;
}

export interface CreateTable {
  readonly table: TableName;
  readonly isTemporary: boolean;
  readonly isIfMissing: boolean;
  /** Columns, and tables whose columns are copied. */
  readonly elements: readonly (NewColumn | { readonly like: TableName; readonly withDefaults: boolean })[];
  /** The translated query of CREATE TABLE AS, whose names of columns `columns` are. */
  readonly query?: string;
  readonly columns?: readonly string[];
}

/** @param cursor after CREATE TABLE and its words */
export function readCreateTable(cursor: Cursor, translator: Translator, isTemporary: boolean): CreateTable {
  const isIfMissing = cursor.takeWords("if", "not", "exists");
  const table = translator.table(cursor);
  const named = temporaryName(table, isTemporary);
  const isQuery = !cursor.isSymbol("(") || isFollowedByAs(cursor);
  const listed = cursor.isSymbol("(") ? cursor.group() : undefined;
  const keys = readAttributes(cursor);
  const shared = { ...named, isIfMissing };
  if (isQuery) {
    cursor.expectWords("as");
    const inner = cursor.isSymbol("(") ? cursor.group() : cursor.tokens.slice(cursor.at);
    const query = translator.sql(inner);
    return { ...shared, elements: [], query, ...(listed && { columns: nameList(listed) }) };
  }
  cursor.expectEnd();
  const elements = splitAt(listed as Token[]).flatMap((element) => readElement(element, translator, keys));
  for (const element of elements) {
    if ("type" in element && element.type.name === "super" && keys.has(element.name)) {
      throw new RedshiftError(`SUPER column "${element.name}" cannot be a distribution or sort key`);
    }
  }
  return { ...shared, elements };
}

/** `#name` does not parse as a name here; TEMP does the same. */
function temporaryName(table: TableName, isTemporary: boolean): { table: TableName; isTemporary: boolean } {
  if (isTemporary && table.schema !== undefined)
    throw new RedshiftError("temporary tables cannot specify a schema name");
  return { table, isTemporary };
}

/** In `CREATE TABLE t (a, b) AS SELECT`, the parentheses hold names. */
function isFollowedByAs(cursor: Cursor): boolean {
  const ahead = new Cursor(cursor.tokens);
  ahead.at = cursor.at;
  ahead.group();
  readAttributes(ahead);
  return ahead.isWord("as");
}

/** Reads DISTKEY, SORTKEY and the rest; returns the key columns. */
function readAttributes(cursor: Cursor): Set<string> {
  const keys = new Set<string>();
  for (;;) {
    if (cursor.takeWords("diststyle")) {
      if (!["auto", "even", "key", "all"].includes(cursor.name())) cursor.fail();
    } else if (cursor.takeWords("backup")) {
      if (!["yes", "no"].includes(cursor.name())) cursor.fail();
    } else if (cursor.takeWords("encode")) cursor.expectWords("auto");
    else if (cursor.takeWords("sortkey", "auto")) continue;
    else if (
      cursor.takeWords("distkey") ||
      cursor.takeWords("compound", "sortkey") ||
      cursor.takeWords("interleaved", "sortkey") ||
      cursor.takeWords("sortkey")
    ) {
      for (const key of nameList(cursor.group())) keys.add(key);
    } else return keys;
  }
}

function readElement(
  tokens: readonly Token[],
  translator: Translator,
  keys: Set<string>,
): CreateTable["elements"][number][] {
  const cursor = new Cursor(tokens);
  if (cursor.takeWords("like")) {
    const like = translator.table(cursor);
    const withDefaults = cursor.takeWords("including", "defaults");
    if (!withDefaults) cursor.takeWords("excluding", "defaults");
    cursor.expectEnd();
    return [{ like, withDefaults }];
  }
  if (isConstraint(cursor)) return [];
  const name = cursor.name();
  const type = readType(cursor, "column");
  let isNullable = true;
  let byDefault: string | undefined;
  while (!cursor.isAtEnd()) {
    if (cursor.takeWords("not", "null")) isNullable = false;
    else if (cursor.takeWords("primary", "key")) isNullable = false;
    else if (cursor.takeWords("null") || cursor.takeWords("unique")) continue;
    else if (cursor.takeWords("encode")) cursor.name();
    else if (cursor.takeWords("distkey") || cursor.takeWords("sortkey")) keys.add(name);
    else if (cursor.takeWords("references")) {
      translator.table(cursor);
      if (cursor.isSymbol("(")) cursor.group();
    } else if (cursor.takeWords("default")) {
      const found = cursor.until("not", "null", "primary", "unique", "encode", "distkey", "sortkey", "references");
      byDefault = isWord(found[0], "null") || found.length === 0 ? "NULL" : translator.sql(found);
    } else if (cursor.isWord("identity") || cursor.isWord("generated")) {
      throw notSimulated("IDENTITY", "load the ids with the rows");
    } else cursor.fail();
  }
  return [{ name, type, isNullable, ...(byDefault !== undefined && { byDefault }) }];
}

/** Redshift does not enforce keys: https://docs.aws.amazon.com/redshift/latest/dg/t_Defining_constraints.html */
function isConstraint(cursor: Cursor): boolean {
  if (cursor.isWord("constraint")) cursor.at += 2;
  const isKey = cursor.isWord("primary", "key") || cursor.isWord("foreign", "key");
  return isKey || (cursor.isWord("unique") && isSymbol(cursor.peek(1), "("));
}
