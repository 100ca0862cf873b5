/** Translates expressions and queries of Redshift to DuckDB, token by token; what is not known is refused by name. */
import { identifier, literal } from "../../../duckdb/sql";
import { Cursor, isSymbol, isWord, splitAt } from "./cursor";
import { datePart } from "./dateParts";
import { listagg, partOf, translateCall } from "./functions";
import { notSimulated, RedshiftError } from "./redshiftError";
import type { Token } from "./tokens";
import { type ColumnType, duckType, readType } from "./types";

/** A table that a statement names. */
export interface TableName {
  /** Undefined for the search path. */
  readonly schema?: string;
  readonly name: string;
}

export interface Translator {
  /** Translates an expression, a list of them, or a query. */
  sql(tokens: readonly Token[]): string;
  /** Reads a table's name and remembers that the statement uses it. */
  table(cursor: Cursor): TableName;
  /** The tables that the translated statement names, without the names of WITH. */
  readonly tables: readonly TableName[];
  /** The names in FROM of all its queries: the aliases of tables and subqueries, or the tables' own names. */
  readonly sources: readonly string[];
}

const KEYWORDS = new Set(
  `all and any as asc between both by case cross current delete desc distinct do else end escape except exists false first following
  for from full group having ilike in inner insert intersect into is join last leading left like limit natural not null nulls offset on
  or order outer over partition preceding qualify range recursive returning right row rows select set some then trailing true unbounded
  union unknown update using values when where window with default groups interval date timestamp timestamptz time`.split(
    /\s+/,
  ),
);

/** SQL that DuckDB would run, and Redshift refuses or reads differently. */
const REFUSED = new Set(
  `similar filter lateral pivot unpivot top minus tablesample asof positional anti semi summarize describe within`.split(
    " ",
  ),
);

/** Words that are functions without parentheses. */
const NOW_WORDS = new Set(["sysdate", "current_date", "current_timestamp"]);

const SYSTEM_TABLES = /^(information_schema|pg_.*|svv_.*|svl_.*|stl_.*|stv_.*|duckdb_.*|sqlite_.*|pragma_.*)$/;

/** Where COPY reports the rows that it refuses. */
export const LOAD_ERRORS = "sys_load_error_detail";

/** The list of materialized views. */
export const STREAM_VIEWS = "svv_mv_info";

/** The schema of system views in DuckDB. */
export const SYSTEM_SCHEMA = "redshift_system";

/** The session's variable with the time of GETDATE and SYSDATE. */
export const NOW = "redshift_now";

const SCHEMA_VIEWS = ["columns", "tables"];

/** @param parameter returns the value of `:name`; throws a RedshiftError for an unknown one */
export function translator(parameter: (name: string) => string): Translator {
  const tables: TableName[] = [];
  const sources: string[] = [];
  const common = new Set<string>();

  function sql(tokens: readonly Token[]): string {
    const isQuery = isWord(tokens[0], "select") || isWord(tokens[0], "with");
    return isQuery ? new Query(tokens).all() : new Expression(tokens).all();
  }

  function table(cursor: Cursor): TableName {
    const first = cursor.name();
    const found = cursor.takeSymbol(".") ? { schema: first, name: cursor.name() } : { name: first };
    if (cursor.isSymbol(".")) throw notSimulated("the name of a table in another database");
    if (found.schema === "information_schema" && SCHEMA_VIEWS.includes(found.name)) {
      return { schema: SYSTEM_SCHEMA, name: `information_schema_${found.name}` };
    }
    checkSystem(found);
    tables.push(found);
    return found;
  }

  class Expression {
    protected readonly cursor: Cursor;

    constructor(tokens: readonly Token[]) {
      this.cursor = new Cursor(tokens);
    }

    all(): string {
      const parts: string[] = [];
      while (!this.cursor.isAtEnd()) parts.push(this.part());
      return parts.join(" ");
    }

    /** A value with what follows it, or a keyword or operator. */
    protected part(): string {
      const { cursor } = this;
      const token = cursor.peek() as Token;
      if (isSymbol(token, "(")) return this.withSuffixes(this.group());
      if (token.kind === "symbol") return cursor.next().text;
      if (token.kind === "string") return this.withSuffixes(literal(cursor.next().text));
      if (token.kind === "number") return this.withSuffixes(cursor.next().text);
      if (token.kind === "parameter") return this.withSuffixes(literal(parameter(cursor.next().text)));
      if (token.kind === "word" && !isSymbol(cursor.peek(1), ".")) {
        const special = this.word(token.text);
        if (special !== undefined) return special;
      }
      return this.withSuffixes(identifier(cursor.next().text));
    }

    /** Undefined for a plain name. */
    private word(text: string): string | undefined {
      const { cursor } = this;
      const isCalled = cursor.isSymbol("(", 1);
      if (text === "approximate") return this.approximate();
      if (REFUSED.has(text) && (isCalled || text === "similar" || text === "minus" || text === "top")) {
        throw notSimulated(text.toUpperCase());
      }
      if (NOW_WORDS.has(text) && !isCalled) {
        cursor.next();
        return this.withSuffixes(this.now(text));
      }
      const isTyped = ["date", "timestamp", "timestamptz", "time", "interval"].includes(text);
      if (isTyped && cursor.peek(1)?.kind === "string") {
        cursor.next();
        return this.withSuffixes(`${text.toUpperCase()} ${literal(cursor.next().text)}`);
      }
      if (isCalled && (text === "left" || text === "right")) return this.withSuffixes(this.call());
      if (KEYWORDS.has(text) && !isTyped) {
        cursor.next();
        if (text === "distinct" && cursor.isWord("from")) throw notSimulated("IS DISTINCT FROM");
        if (text === "end" && cursor.isSymbol("::")) throw notSimulated("END::type", "use CAST(CASE … END AS type)");
        return ["null", "true", "false"].includes(text) ? this.withSuffixes(text.toUpperCase()) : text.toUpperCase();
      }
      if (isCalled) return this.withSuffixes(this.call());
      return undefined;
    }

    private now(word: string): string {
      const now = `CAST(getvariable('${NOW}') AS TIMESTAMP)`;
      return word === "current_date" ? `CAST(${now} AS DATE)` : now;
    }

    private approximate(): string {
      const { cursor } = this;
      cursor.next();
      cursor.expectWords("count");
      const [first, ...rest] = cursor.group();
      if (!isWord(first, "distinct")) throw notSimulated("APPROXIMATE without COUNT(DISTINCT …)");
      return `approx_count_distinct(${sql(rest)})`;
    }

    private group(): string {
      const inner = this.cursor.group();
      return `(${sql(inner)})`;
    }

    private call(): string {
      const { cursor } = this;
      const name = cursor.name();
      const inner = cursor.group();
      if (name === "cast") return this.castCall(inner);
      if (name === "extract") return this.extract(inner);
      if (name === "getdate") return `date_trunc('second', ${this.now("sysdate")})`;
      const call = { name, args: splitAt(inner), sql };
      if (name === "listagg") return this.listagg(call);
      return translateCall(call);
    }

    private listagg(call: Parameters<typeof listagg>[0]): string {
      const { cursor } = this;
      if (!cursor.takeWords("within", "group")) return listagg(call, undefined);
      const order = new Cursor(cursor.group());
      order.expectWords("order", "by");
      return listagg(call, order.tokens.slice(order.at));
    }

    private castCall(inner: readonly Token[]): string {
      const cursor = new Cursor(inner);
      const value = cursor.until("as");
      cursor.expectWords("as");
      const type = readType(cursor, "cast");
      cursor.expectEnd();
      return cast(sql(value), type);
    }

    private extract(inner: readonly Token[]): string {
      const cursor = new Cursor(inner);
      const part = cursor.peek()?.kind === "string" ? cursor.expectString() : cursor.name();
      cursor.expectWords("from");
      return partOf(datePart(part), sql(cursor.tokens.slice(cursor.at)));
    }

    /** Adds `.name`, `[0]` and `::type`. */
    private withSuffixes(primary: string): string {
      const { cursor } = this;
      let found = primary;
      for (;;) {
        if (cursor.takeSymbol("::")) found = cast(found, readType(cursor, "cast"));
        else if (cursor.isSymbol(".")) {
          cursor.next();
          found += cursor.takeSymbol("*") ? ".*" : `.${identifier(cursor.name())}`;
        } else if (cursor.takeSymbol("[")) {
          const index = cursor.peek();
          if (index?.kind !== "number") throw notSimulated("an array index that is not a number");
          // Redshift counts from 0, DuckDB from 1.
          found += `[${cursor.wholeNumber() + 1}]`;
          cursor.expectSymbol("]");
        } else return found;
      }
    }
  }

  class Query extends Expression {
    /** The names in FROM so far: a path that begins with one of them is unnested. */
    private readonly sources = new Set<string>();

    override all(): string {
      const parts: string[] = [];
      if (this.cursor.isWord("with")) parts.push(this.withClause());
      let isFrom = false;
      while (!this.cursor.isAtEnd()) {
        const token = this.cursor.peek() as Token;
        if (isWord(token, "into")) throw notSimulated("SELECT INTO", "use CREATE TABLE … AS");
        const part = this.part();
        parts.push(part);
        if (part === "SELECT") this.sources.clear();
        if (["FROM", "JOIN"].includes(part) || (isFrom && part === ",")) {
          isFrom = true;
          parts.push(this.source());
        } else if (
          ["WHERE", "GROUP", "HAVING", "QUALIFY", "WINDOW", "ORDER", "LIMIT", "UNION", "SELECT"].includes(part)
        ) {
          isFrom = false;
        }
      }
      return parts.join(" ");
    }

    private withClause(): string {
      const { cursor } = this;
      cursor.expectWords("with");
      const isRecursive = cursor.takeWords("recursive");
      const parts: string[] = [];
      do {
        const name = cursor.name();
        common.add(name);
        const columns = cursor.isSymbol("(") ? `(${names(cursor.group())})` : "";
        cursor.expectWords("as");
        parts.push(`${identifier(name)}${columns} AS (${sql(cursor.group())})`);
      } while (cursor.takeSymbol(","));
      return `WITH ${isRecursive ? "RECURSIVE " : ""}${parts.join(", ")}`;
    }

    /** A table, a subquery or an array of SUPER, with its alias. */
    private source(): string {
      const { cursor } = this;
      if (cursor.isSymbol("(")) {
        const inner = sql(cursor.group());
        return `(${inner})${this.alias()}`;
      }
      const first = cursor.peek();
      if (first?.kind === "string" || cursor.isSymbol("(", 1)) cursor.fail();
      if (first && this.sources.has(first.text) && cursor.isSymbol(".", 1)) return this.unnested();
      const name = cursor.peek(1);
      const found = isSymbol(name, ".") ? table(cursor) : this.plainTable();
      const alias = this.alias();
      if (alias === "") {
        this.sources.add(found.name);
        sources.push(found.name);
      }
      return `${tableSql(found)}${alias}`;
    }

    private plainTable(): TableName {
      const name = this.cursor.peek()?.text ?? "";
      if (!common.has(name)) return table(this.cursor);
      this.cursor.next();
      return { name };
    }

    private unnested(): string {
      const { cursor } = this;
      const start = cursor.at;
      while (!cursor.isAtEnd() && !cursor.isWord("as") && !cursor.isSymbol(",")) {
        const previous = cursor.tokens[cursor.at - 1];
        const isPath = cursor.at === start || isSymbol(previous, ".") || cursor.isSymbol(".") || cursor.isSymbol("[");
        if (!isPath) break;
        if (cursor.isSymbol("[")) cursor.group("[", "]");
        else cursor.next();
      }
      const path = sql(cursor.tokens.slice(start, cursor.at));
      cursor.takeWords("as");
      const next = cursor.peek();
      if (!next || (next.kind === "word" && KEYWORDS.has(next.text))) {
        throw new RedshiftError("an array in FROM needs an alias");
      }
      const alias = cursor.name();
      if (cursor.isWord("at")) throw notSimulated("AT in FROM");
      this.sources.add(alias);
      return `unnest(redshift_elements(${path})) AS ${identifier(`${alias} of array`)}(${identifier(alias)})`;
    }

    private alias(): string {
      const { cursor } = this;
      const hasAs = cursor.takeWords("as");
      const next = cursor.peek();
      const isName = next?.kind === "quoted" || (next?.kind === "word" && !KEYWORDS.has(next.text));
      if (!isName) {
        if (hasAs) cursor.fail();
        return "";
      }
      if (next.kind === "word" && REFUSED.has(next.text)) throw notSimulated(next.text.toUpperCase());
      const name = cursor.name();
      this.sources.add(name);
      sources.push(name);
      const columns = cursor.isSymbol("(") ? `(${names(cursor.group())})` : "";
      return ` AS ${identifier(name)}${columns}`;
    }
  }

  return { sql, table, tables, sources };
}

export function tableSql({ schema, name }: TableName): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;
}

/** A list of plain names. */
export function names(tokens: readonly Token[]): string {
  return nameList(tokens).map(identifier).join(", ");
}

export function nameList(tokens: readonly Token[]): string[] {
  return splitAt(tokens).map((part) => {
    const cursor = new Cursor(part);
    const name = cursor.name();
    cursor.expectEnd();
    return name;
  });
}

/** A cast to VARCHAR(n) shortens the value. */
function cast(value: string, type: ColumnType): string {
  if (type.bytes !== undefined) return `redshift_shortened(CAST(${value} AS VARCHAR), ${type.bytes})`;
  return `CAST(${value} AS ${duckType(type)})`;
}

function checkSystem({ schema, name }: TableName): void {
  if (SYSTEM_TABLES.test(schema ?? "") || (SYSTEM_TABLES.test(name) && name !== LOAD_ERRORS && name !== STREAM_VIEWS)) {
    throw notSimulated(`the system table ${schema === undefined ? name : `${schema}.${name}`}`);
  }
}
