/** Translates MERGE, with the restrictions of Redshift's. https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html */
import { identifier } from "../../../duckdb/sql";
import { Cursor, splitAt } from "./cursor";
import { names, type TableName, type Translator, tableSql } from "./expressions";
import { RedshiftError } from "./redshiftError";

export interface Merge {
  readonly target: TableName;
  readonly source: TableName;
  /** Finds a row of the target that matches several rows of the source; such a MERGE fails. */
  readonly ambiguous: string;
  /** The statements that change the target, in order. */
  readonly changes: readonly string[];
}

/** @param cursor after MERGE */
export function readMerge(cursor: Cursor, translator: Translator): Merge {
  cursor.expectWords("into");
  const target = translator.table(cursor);
  cursor.expectWords("using");
  const source = translator.table(cursor);
  const hasAlias = cursor.takeWords("as") || !cursor.isWord("on");
  const alias = hasAlias ? ` AS ${identifier(cursor.name())}` : "";
  cursor.expectWords("on");
  const condition = translator.sql(cursor.until("when", "remove"));
  if (!condition.includes("=")) throw new RedshiftError("MERGE needs an equal predicate in ON");
  const from = `${tableSql(source)}${alias}`;
  const into = tableSql(target);
  const ambiguous = `SELECT 1 FROM ${into} JOIN ${from} ON ${condition} GROUP BY ${identifier(target.name)}.rowid HAVING count(*) > 1 LIMIT 1`;
  if (cursor.takeWords("remove", "duplicates")) {
    cursor.expectEnd();
    const removal = `DELETE FROM ${into} USING ${from} WHERE ${condition}`;
    const insertion = `INSERT INTO ${into} SELECT * FROM ${tableSql(source)}`;
    return { target, source, ambiguous, changes: [removal, insertion] };
  }
  const matched = readMatched(cursor, translator);
  const unmatched = readUnmatched(cursor, translator);
  cursor.expectEnd();
  const merge = `MERGE INTO ${into} USING ${from} ON (${condition}) WHEN MATCHED THEN ${matched} WHEN NOT MATCHED THEN ${unmatched}`;
  return { target, source, ambiguous, changes: [merge] };
}

function readMatched(cursor: Cursor, translator: Translator): string {
  cursor.expectWords("when", "matched", "then");
  if (cursor.takeWords("delete")) return "DELETE";
  cursor.expectWords("update", "set");
  return `UPDATE SET ${assignments(cursor.until("when"), translator)}`;
}

function readUnmatched(cursor: Cursor, translator: Translator): string {
  cursor.expectWords("when", "not", "matched", "then", "insert");
  const columns = cursor.isSymbol("(") ? ` (${names(cursor.group())})` : "";
  cursor.expectWords("values");
  return `INSERT${columns} VALUES (${translator.sql(cursor.group())})`;
}

/** `a = 1, b = s.b`; the column's name has no table before it. */
export function assignments(tokens: Parameters<Translator["sql"]>[0], translator: Translator): string {
  const parts = splitAt(tokens).map((part) => {
    const cursor = new Cursor(part);
    const column = cursor.name();
    cursor.expectSymbol("=");
    return `${identifier(column)} = ${translator.sql(cursor.tokens.slice(cursor.at))}`;
  });
  return parts.join(", ");
}
