/** Cuts Redshift SQL into tokens; strings, quoted names and comments cannot be mistaken for SQL. */
import { RedshiftError } from "./redshiftError";

export interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "symbol" | "parameter";
  /** A name in lower case, as Redshift folds both plain and quoted names; the content of a string; else the source. */
  readonly text: string;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const PARAMETER = /:([A-Za-z0-9_]+)/y;
const SYMBOL = /::|\|\||<=|>=|<>|!=|[-+*/%^<>=(),.;[\]|&]/y;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** @throws RedshiftError for text that is no SQL */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(sql);
    if (found) at = pattern.lastIndex;
    return found;
  };
  while (at < sql.length) {
    if (take(SPACE) || take(LINE_COMMENT)) continue;
    if (sql.startsWith("/*", at)) {
      at = endOfComment(sql, at);
      continue;
    }
    if (sql[at] === "'") {
      const { text, end } = stringAt(sql, at);
      tokens.push({ kind: "string", text });
      at = end;
      continue;
    }
    if (sql[at] === '"') {
      const end = endOfQuoted(sql, at);
      tokens.push({
        kind: "quoted",
        text: sql
          .slice(at + 1, end - 1)
          .replaceAll('""', '"')
          .toLowerCase(),
      });
      at = end;
      continue;
    }
    const word = take(WORD);
    const number = word ? null : take(NUMBER);
    const symbol = word || number ? null : take(SYMBOL);
    const parameter = word || number || symbol ? null : take(PARAMETER);
    if (word) tokens.push({ kind: "word", text: word[0].toLowerCase() });
    else if (number) tokens.push({ kind: "number", text: number[0] });
    else if (symbol) tokens.push({ kind: "symbol", text: symbol[0] });
    else if (parameter) tokens.push({ kind: "parameter", text: parameter[1] as string });
    else throw new RedshiftError(`syntax error at or near "${sql[at]}"`);
  }
  return tokens;
}

/** Comments nest, as in PostgreSQL. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith("/*", at)) {
      depth++;
      at++;
    } else if (sql.startsWith("*/", at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  throw new RedshiftError("unterminated /* comment");
}

/** A backslash escapes the next character, as in PostgreSQL 8.0, on which Redshift is based. */
function stringAt(sql: string, start: number): { readonly text: string; readonly end: number } {
  let text = "";
  for (let at = start + 1; at < sql.length; at++) {
    const character = sql[at] as string;
    if (character === "\\") {
      const escaped = sql[++at] ?? "";
      if (/[0-7xuU]/.test(escaped)) throw new RedshiftError(`the escape "\\${escaped}" in a string is not simulated`);
      text += ESCAPES[escaped] ?? escaped;
    } else if (character !== "'") text += character;
    else if (sql[at + 1] === "'") {
      text += "'";
      at++;
    } else return { text, end: at + 1 };
  }
  throw new RedshiftError("unterminated quoted string");
}

function endOfQuoted(sql: string, start: number): number {
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] !== '"') continue;
    if (sql[at + 1] !== '"') return at + 1;
    at++;
  }
  throw new RedshiftError("unterminated quoted identifier");
}
