/** Evaluates the `Expression` of GetPartitions, which filters partitions by the values of their columns. */

import type { GlueColumn } from "../../catalog/catalog";
import { ServiceError } from "../../cloud/service";

type Value = string | number;
type Test = (read: (column: string) => Value) => boolean;

const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|"?([a-z_][a-z0-9_]*)"?|(<>|!=|<=|>=|[=<>(),]))/iy;

const COMPARE: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  "=": (left, right) => left === right,
  "<>": (left, right) => left !== right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  ">": (left, right) => left > right,
  "<=": (left, right) => left <= right,
  ">=": (left, right) => left >= right,
};

/**
 * Compares numeric columns as numbers, others as strings. Supports `=`, `<>`, `!=`, `<`, `>`, `<=`, `>=`, IN, BETWEEN,
 * AND, OR, NOT and parentheses. https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html
 *
 * @throws ServiceError naming an expression that is not simulated
 */
export function matchesExpression(
  expression: string | undefined,
  keys: readonly GlueColumn[],
  values: readonly string[],
): boolean {
  if (expression === undefined || expression.trim() === "") return true;
  return new ExpressionParser(expression, keys).parse()((column) => {
    const index = keys.findIndex(({ Name }) => Name === column);
    return typed(keys[index] as GlueColumn, values[index] as string);
  });
}

class ExpressionParser {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(
    readonly expression: string,
    readonly keys: readonly GlueColumn[],
  ) {
    this.#tokens = this.#split();
  }

  parse(): Test {
    const test = this.#any();
    if (this.#next < this.#tokens.length) throw this.#refusal();
    return test;
  }

  #split(): string[] {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    for (let at = 0; this.expression.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
      const found = TOKEN.exec(this.expression);
      if (!found) throw this.#refusal();
      tokens.push(found.slice(1).find((part) => part !== undefined) as string);
    }
    return tokens;
  }

  #any(): Test {
    const tests = [this.#all()];
    while (this.#takes("or")) tests.push(this.#all());
    return (read) => tests.some((test) => test(read));
  }

  #all(): Test {
    const tests = [this.#single()];
    while (this.#takes("and")) tests.push(this.#single());
    return (read) => tests.every((test) => test(read));
  }

  #single(): Test {
    if (this.#takes("not")) return negated(this.#single());
    if (this.#takes("(")) {
      const inner = this.#any();
      this.#expect(")");
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Test {
    const column = this.keys.find(({ Name }) => Name === this.#tokens[this.#next]?.toLowerCase());
    if (!column) throw this.#refusal();
    this.#next += 1;
    if (this.#takes("not")) return negated(this.#range(column));
    const compare = COMPARE[this.#tokens[this.#next] ?? ""];
    if (!compare) return this.#range(column);
    this.#next += 1;
    const wanted = this.#literal(column);
    return (read) => compare(read(column.Name), wanted);
  }

  #range(column: GlueColumn): Test {
    if (this.#takes("between")) {
      const least = this.#literal(column);
      this.#expect("and");
      const greatest = this.#literal(column);
      return (read) => read(column.Name) >= least && read(column.Name) <= greatest;
    }
    this.#expect("in");
    this.#expect("(");
    const wanted = [this.#literal(column)];
    while (this.#takes(",")) wanted.push(this.#literal(column));
    this.#expect(")");
    return (read) => wanted.includes(read(column.Name));
  }

  #literal(column: GlueColumn): Value {
    const token = this.#tokens[this.#next] ?? "";
    this.#next += 1;
    if (token.startsWith("'")) return typed(column, token.slice(1, -1).replaceAll("''", "'"));
    if (/^-?\d/.test(token)) return typed(column, token);
    throw this.#refusal();
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#next]?.toLowerCase() !== token) return false;
    this.#next += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) throw this.#refusal();
  }

  #refusal(): ServiceError {
    return new ServiceError(
      "InvalidInputException",
      `local/glue: the partition expression "${this.expression.trim()}" is not simulated; compare partition columns with literals by =, <>, <, >, IN or BETWEEN, joined by AND, OR and NOT`,
    );
  }
}

function negated(test: Test): Test {
  return (read) => !test(read);
}

function typed(column: GlueColumn, value: string): Value {
  return /int$/.test(column.Type) ? Number(value) : value;
}
