/** Parses metric math as far as local simulates it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */

export type MathNode =
  | { readonly kind: "number"; readonly value: number }
  /** The id of a metric or of another expression. */
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "list"; readonly items: readonly MathNode[] }
  | { readonly kind: "negative"; readonly of: MathNode }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: MathNode; readonly right: MathNode }
  | { readonly kind: "call"; readonly name: MathFunction; readonly args: readonly MathNode[] };

/** By binding, weakest first. */
const LEVELS = [["||"], ["&&"], ["==", "!=", "<=", ">=", "<", ">"], ["+", "-"], ["*", "/"], ["^"]] as const;

export type BinaryOperator = (typeof LEVELS)[number][number];

/** The functions with their number of arguments. */
const FUNCTIONS = { SUM: 1, MIN: 1, MAX: 1, AVG: 1, IF: 3, FILL: 2 } as const;

export type MathFunction = keyof typeof FUNCTIONS;

const TOKEN = /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z]\w*)|(\|\||&&|==|!=|<=|>=|[-+*/^<>()[\],]))/y;

/** @throws Error that names what is wrong, or what is not simulated */
export function parseMath(expression: string): MathNode {
  return new Parser(expression).whole();
}

class Parser {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(private readonly expression: string) {
    this.tokens = tokensOf(expression);
  }

  whole(): MathNode {
    const node = this.level(0);
    if (this.at < this.tokens.length) throw this.unexpected();
    return node;
  }

  private level(index: number): MathNode {
    const operators: readonly string[] | undefined = LEVELS[index];
    if (!operators) return this.operand();
    let left = this.level(index + 1);
    while (operators.includes(this.tokens[this.at] as string)) {
      const operator = this.tokens[this.at++] as BinaryOperator;
      left = { kind: "binary", operator, left, right: this.level(index + 1) };
    }
    return left;
  }

  private operand(): MathNode {
    const token = this.tokens[this.at++];
    if (token === "-") return { kind: "negative", of: this.operand() };
    if (token === "(") {
      const inner = this.level(0);
      this.expect(")");
      return inner;
    }
    if (token === "[") return { kind: "list", items: this.until("]") };
    if (token !== undefined && /^[\d.]/.test(token)) return { kind: "number", value: Number(token) };
    if (token === undefined || !/^[A-Za-z]/.test(token)) {
      this.at--;
      throw this.unexpected();
    }
    if (this.tokens[this.at] === "(") return this.call(token);
    // Ids begin with a lower-case letter (API reference, MetricDataQuery); keywords do not.
    if (!/^[a-z]/.test(token)) throw notSimulated(token, this.expression);
    return { kind: "id", id: token };
  }

  private call(name: string): MathNode {
    if (!Object.hasOwn(FUNCTIONS, name)) throw notSimulated(name, this.expression);
    this.at++;
    const args = this.until(")");
    const wanted = FUNCTIONS[name as MathFunction];
    if (args.length !== wanted) {
      throw new Error(
        `${name} with ${args.length} arguments in the metric math ${quoted(this.expression)} is not simulated; it takes ${wanted}`,
      );
    }
    return { kind: "call", name: name as MathFunction, args };
  }

  private until(end: string): MathNode[] {
    const items: MathNode[] = [];
    if (this.tokens[this.at] === end) {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.level(0));
      if (this.tokens[this.at] !== ",") break;
      this.at++;
    }
    this.expect(end);
    return items;
  }

  private expect(token: string): void {
    if (this.tokens[this.at] !== token) throw this.unexpected();
    this.at++;
  }

  private unexpected(): Error {
    const found = this.tokens[this.at];
    const what = found === undefined ? "ends too early" : `does not parse at "${found}"`;
    return new Error(`the metric math ${quoted(this.expression)} ${what}`);
  }
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const end = expression.trimEnd().length;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(expression);
    if (!found) throw notSimulated(expression.slice(at).trim()[0] as string, expression);
    tokens.push((found[1] ?? found[2] ?? found[3]) as string);
  }
  return tokens;
}

function notSimulated(what: string, expression: string): Error {
  const known = Object.keys(FUNCTIONS).join(", ");
  return new Error(
    `${what} in the metric math ${quoted(expression)} is not simulated; local has arithmetic, comparisons, &&, || and ${known}`,
  );
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
