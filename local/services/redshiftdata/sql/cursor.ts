/** Walks the tokens of a statement; an unexpected token is a syntax error. */
import { RedshiftError } from "./redshiftError";
import type { Token } from "./tokens";

export class Cursor {
  at = 0;

  constructor(readonly tokens: readonly Token[]) {}

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  isAtEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  next(): Token {
    const token = this.tokens[this.at];
    if (!token) throw new RedshiftError("syntax error at end of input");
    this.at++;
    return token;
  }

  isWord(...words: readonly string[]): boolean {
    return words.every((word, ahead) => isWord(this.peek(ahead), word));
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    return isSymbol(this.peek(ahead), symbol);
  }

  /** Takes these words if all of them come next. */
  takeWords(...words: readonly string[]): boolean {
    if (!this.isWord(...words)) return false;
    this.at += words.length;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.at++;
    return true;
  }

  expectWords(...words: readonly string[]): void {
    if (!this.takeWords(...words)) this.fail();
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) this.fail();
  }

  expectString(): string {
    if (this.peek()?.kind !== "string") this.fail();
    return this.next().text;
  }

  expectEnd(): void {
    if (!this.isAtEnd()) this.fail();
  }

  name(): string {
    const kind = this.peek()?.kind;
    if (kind !== "word" && kind !== "quoted") this.fail();
    return this.next().text;
  }

  wholeNumber(): number {
    const token = this.peek();
    if (token?.kind !== "number" || !/^\d+$/.test(token.text)) this.fail();
    return Number(this.next().text);
  }

  /** The tokens between the parenthesis or bracket that comes next and its counterpart. */
  group(open = "(", close = ")"): Token[] {
    this.expectSymbol(open);
    const start = this.at;
    for (let depth = 1; ; this.at++) {
      const token = this.peek();
      if (!token) this.fail();
      if (isSymbol(token, open)) depth++;
      else if (isSymbol(token, close) && --depth === 0) break;
    }
    this.at++;
    return this.tokens.slice(start, this.at - 1);
  }

  /** The tokens up to the end, or up to one of these words outside of parentheses. */
  until(...words: readonly string[]): Token[] {
    const start = this.at;
    for (let depth = 0; !this.isAtEnd(); this.at++) {
      const token = this.peek() as Token;
      if (isSymbol(token, "(")) depth++;
      else if (isSymbol(token, ")")) depth--;
      else if (depth === 0 && token.kind === "word" && words.includes(token.text)) break;
    }
    return this.tokens.slice(start, this.at);
  }

  fail(): never {
    const token = this.peek();
    throw new RedshiftError(token ? `syntax error at or near "${token.text}"` : "syntax error at end of input");
  }
}

export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text === word;
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.text === symbol;
}

/** Splits at a symbol outside of parentheses; no tokens give no parts. */
export function splitAt(tokens: readonly Token[], symbol = ","): Token[][] {
  if (tokens.length === 0) return [];
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, "(") || isSymbol(token, "[")) depth++;
    if (isSymbol(token, ")") || isSymbol(token, "]")) depth--;
    if (depth === 0 && isSymbol(token, symbol)) parts.push([]);
    else (parts.at(-1) as Token[]).push(token);
  }
  return parts;
}
