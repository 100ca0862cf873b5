/**
 * JSON filter patterns of CloudWatch Logs: `{ $.level = "ERROR" && $.Rows > 100 }`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { ServiceError } from "../../cloud/service";

type Test = (root: unknown) => boolean;

const TOKEN =
  /\s*(?:(\$(?:\.\w[\w-]*|\.?\[\d+\]|\.?\['[^']*'\])*)|(&&|\|\||<=|>=|!=|[()<>=])|"((?:[^"\\]|\\.)*)"|([^\s()<>=!&|"$]+))/y;

interface Token {
  readonly kind: "selector" | "operator" | "quoted" | "word";
  readonly text: string;
}

/** @param pattern with its braces */
export function jsonPattern(pattern: string): (message: string) => boolean {
  const parser = new Parser(pattern, tokensOf(pattern));
  const matches = parser.read();
  return (message) => {
    const root = parsed(message);
    return root !== undefined && matches(root);
  };
}

class Parser {
  private at = 0;

  constructor(
    private readonly pattern: string,
    private readonly tokens: readonly Token[],
  ) {}

  read(): Test {
    const test = this.either();
    if (this.at < this.tokens.length) throw invalid(this.pattern);
    return test;
  }

  private either(): Test {
    const left = this.both();
    if (!this.take("||")) return left;
    const right = this.either();
    return (root) => left(root) || right(root);
  }

  private both(): Test {
    const left = this.one();
    if (!this.take("&&")) return left;
    const right = this.both();
    return (root) => left(root) && right(root);
  }

  private one(): Test {
    if (this.take("(")) {
      const inner = this.either();
      if (!this.take(")")) throw invalid(this.pattern);
      return inner;
    }
    const selector = this.next("selector");
    const names = namesOf(selector.text);
    const operator = this.tokens[this.at++];
    switch (operator?.text.toUpperCase()) {
      case "IS":
        return this.constant(names);
      case "NOT":
        if (this.next("word").text.toUpperCase() !== "EXISTS") throw invalid(this.pattern);
        return (root) => valueAt(root, names) === undefined;
      case "=":
      case "!=":
        return this.equality(names, operator.text === "=");
      case "<":
      case ">":
      case "<=":
      case ">=":
        return this.comparison(names, operator.text);
      default:
        throw invalid(this.pattern);
    }
  }

  private constant(names: readonly string[]): Test {
    const constants: Readonly<Record<string, unknown>> = { NULL: null, TRUE: true, FALSE: false };
    const word = this.next("word").text.toUpperCase();
    if (!Object.hasOwn(constants, word)) throw invalid(this.pattern);
    return (root) => valueAt(root, names) === constants[word];
  }

  /** A property that is absent, or that is no scalar, is neither equal nor different. */
  private equality(names: readonly string[], isEqual: boolean): Test {
    const { kind, text } = this.tokens[this.at++] ?? { kind: "operator", text: "" };
    if (kind !== "quoted" && kind !== "word") throw invalid(this.pattern);
    if (kind === "word" && text.startsWith("%")) throw notSimulated("a regular expression");
    const number = kind === "word" && text !== "" ? Number(text) : Number.NaN;
    const wildcard = new RegExp(`^${text.split("*").map(escaped).join("[^]*")}$`);
    return (root) => {
      const value = valueAt(root, names);
      if (typeof value === "number" && !Number.isNaN(number)) return (value === number) === isEqual;
      if (value === undefined || value === null || typeof value === "object") return false;
      return wildcard.test(String(value)) === isEqual;
    };
  }

  private comparison(names: readonly string[], operator: string): Test {
    const number = Number(this.next("word").text);
    if (Number.isNaN(number)) throw invalid(this.pattern);
    return (root) => {
      const value = valueAt(root, names);
      if (typeof value !== "number") return false;
      if (value === number) return operator.endsWith("=");
      return value > number === operator.startsWith(">");
    };
  }

  private next(kind: Token["kind"]): Token {
    const token = this.tokens[this.at++];
    if (token?.kind !== kind) throw invalid(this.pattern);
    return token;
  }

  private take(operator: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== "operator" || token.text !== operator) return false;
    this.at++;
    return true;
  }
}

function tokensOf(pattern: string): Token[] {
  const body = pattern.slice(1, -1).trimEnd();
  if (!pattern.endsWith("}")) throw invalid(pattern);
  const tokens: Token[] = [];
  for (let at = 0; at < body.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(body);
    if (!found) {
      if (/^\s*\$[\w.[\]-]*\*/.test(body.slice(at))) throw notSimulated("a wildcard in a property selector");
      throw invalid(pattern);
    }
    const [, selector, operator, quoted, word] = found;
    if (selector !== undefined && /^[.[]/.test(body.slice(TOKEN.lastIndex))) {
      throw notSimulated("a wildcard in a property selector");
    }
    if (selector !== undefined) tokens.push({ kind: "selector", text: selector });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted.replace(/\\(.)/g, "$1") });
    else tokens.push({ kind: "word", text: word as string });
  }
  return tokens;
}

/** `$.a['b c'][0]` selects `a`, `b c`, `0`. */
function namesOf(selector: string): string[] {
  return [...selector.matchAll(/\.(\w[\w-]*)|\[(\d+)\]|\['([^']*)'\]/g)].map(
    ([, name, index, quoted]) => (name ?? index ?? quoted) as string,
  );
}

function valueAt(root: unknown, names: readonly string[]): unknown {
  let value = root;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function parsed(message: string): unknown {
  if (!/^\s*\{/.test(message)) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    // JSON patterns match only events that are JSON.
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function invalid(pattern: string): ServiceError {
  return new ServiceError("InvalidParameterException", `Invalid filter pattern: ${pattern}`);
}

/** The refusal of a part of the pattern syntax that AWS has and local has not. */
export function notSimulated(part: string): ServiceError {
  return new ServiceError(
    "InvalidParameterException",
    `local/logs: ${part} in a filter pattern is not simulated; use terms or a JSON pattern, see docs/fidelity.md`,
  );
}
