/** Holds the columns that COPY writes to the columns of the table that the program makes in Redshift. */
import { type Declaration, objectOf, type Program, stringsIn } from "../program";
import type { Contradiction, Rule } from "../rule";
import { DELIVERY_STREAM } from "./types";

const STATEMENT = "aws:redshiftdata/statement:Statement";
const MACHINE = "aws:sfn/stateMachine:StateMachine";

const NAME = `"?[\\w$]+"?(?:\\."?[\\w$]+"?)?`;
const CREATE = new RegExp(`\\bCREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(${NAME})\\s*\\(`, "gi");
const COPY = new RegExp(`\\bCOPY\\s+(${NAME})\\s*\\(([^()]*)\\)\\s*FROM\\b`, "gi");
/** A table that the program changes afterwards has other columns. */
const ALTER = new RegExp(`\\bALTER\\s+TABLE\\s+(${NAME})`, "gi");
const CONSTRAINT = /^(primary|foreign|unique|constraint|like)\b/i;

interface Copied {
  readonly resource: Declaration;
  readonly table: string;
  readonly columns: readonly string[];
}

/** https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-column-mapping.html */
export const copyColumns: Rule = {
  id: "copy-columns",
  title: "COPY should write columns that its table has",
  find: (program) => {
    const tables = createdTables(program);
    return [...copiesOfStatements(program), ...copiesOfFirehose(program)].flatMap(({ resource, table, columns }) => {
      const has = tables.get(table);
      const lacking = has ? columns.filter((column) => !has.includes(column)) : [];
      if (lacking.length === 0) return [];
      const contradiction: Contradiction = {
        resource,
        problem: `it copies ${lacking.join(", ")} into ${table}, whose columns are ${has?.join(", ")}.`,
        wayOut: `Add ${lacking.length === 1 ? "the column" : "the columns"} to CREATE TABLE, or leave ${lacking.length === 1 ? "it" : "them"} out of the list of columns.`,
      };
      return contradiction;
    });
  },
};

function sqlOf(program: Program): { resource: Declaration; sql: string }[] {
  const statements = program.all(STATEMENT).map((resource) => ({ resource, texts: [resource.inputs.sql] }));
  const machines = program.all(MACHINE).map((resource) => ({ resource, texts: definitionStrings(resource) }));
  return [...statements, ...machines].flatMap(({ resource, texts }) =>
    texts.flatMap((sql) => (typeof sql === "string" ? [{ resource, sql }] : [])),
  );
}

function definitionStrings({ inputs }: Declaration): readonly string[] {
  try {
    return typeof inputs.definition === "string" ? stringsIn(JSON.parse(inputs.definition)) : [];
  } catch {
    return []; // Step Functions refuses a definition that is no JSON
  }
}

/** The columns by table; without a table that is made twice, or changed. */
function createdTables(program: Program): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, readonly string[]>();
  const unsure = new Set<string>();
  for (const { sql } of sqlOf(program)) {
    for (const [, table = ""] of sql.matchAll(ALTER)) unsure.add(plain(table));
    for (const match of sql.matchAll(CREATE)) {
      const table = plain(match[1] ?? "");
      const columns = columnsAfter(sql, match.index + match[0].length);
      if (!columns || tables.has(table)) unsure.add(table);
      else tables.set(table, columns);
    }
  }
  for (const table of unsure) tables.delete(table);
  return tables;
}

/** The columns of a list that begins at a position; undefined for one that is computed, or has no end. */
function columnsAfter(sql: string, begin: number): string[] | undefined {
  let depth = 1;
  const parts = [""];
  for (const character of sql.slice(begin)) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0) {
      const columns = parts.map((part) => part.trim()).filter((part) => part !== "" && !CONSTRAINT.test(part));
      return parts.some((part) => /^\s*like\b|[{}%]/i.test(part))
        ? undefined
        : columns.map((part) => plain(part.split(/\s+/)[0] ?? ""));
    }
    if (character === "," && depth === 1) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return undefined;
}

function copiesOfStatements(program: Program): Copied[] {
  return sqlOf(program).flatMap(({ resource, sql }) =>
    [...sql.matchAll(COPY)].flatMap(([, table = "", list = ""]) =>
      /[{}%$]/.test(list) ? [] : [{ resource, table: plain(table), columns: listed(list) }],
    ),
  );
}

/** Firehose copies into `dataTableName` the columns `dataTableColumns`. */
function copiesOfFirehose(program: Program): Copied[] {
  return program.all(DELIVERY_STREAM).flatMap((resource) => {
    const { dataTableName, dataTableColumns } = objectOf(resource.inputs.redshiftConfiguration);
    if (typeof dataTableName !== "string" || typeof dataTableColumns !== "string") return [];
    return [{ resource, table: plain(dataTableName), columns: listed(dataTableColumns) }];
  });
}

function listed(list: string): string[] {
  return list.split(",").map((column) => plain(column.trim()));
}

/** Redshift folds identifiers to lower case; a table without a schema is in `public`. */
function plain(name: string): string {
  return name
    .replaceAll('"', "")
    .toLowerCase()
    .replace(/^public\./, "");
}
