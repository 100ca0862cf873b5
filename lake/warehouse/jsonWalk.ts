/** Steps through JSON without making values of it: numbers keep their digits, and what is not needed is skipped. */

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const MOST = 2n ** 64n - 1n;
const LEAST = -(2n ** 63n);
/** Any integer with this many characters fits in 64 bits. */
const SURELY_64_BITS = 18;

/** A position in JSON. Every method moves it past what it reads, and throws SyntaxError where the text is not JSON. */
export class JsonWalk {
  constructor(
    private readonly text: string,
    public at = 0,
  ) {
    this.space();
  }

  isObject(): boolean {
    return this.text.charCodeAt(this.at) === 0x7b;
  }

  isArray(): boolean {
    return this.text.charCodeAt(this.at) === 0x5b;
  }

  /** Calls `onField` at the value of each field; it must move past the value. */
  object(onField: (name: string) => void): void {
    this.at++;
    this.space();
    if (this.taken(0x7d)) return;
    do {
      this.space();
      const start = this.at;
      this.string();
      const name = stringAt(this.text, start, this.at);
      this.space();
      if (!this.taken(0x3a)) throw this.error();
      this.space();
      onField(name);
      this.space();
    } while (this.taken(0x2c));
    if (!this.taken(0x7d)) throw this.error();
  }

  /** Calls `onElement` at each element; it must move past the element. */
  array(onElement: () => void): void {
    this.at++;
    this.space();
    if (this.taken(0x5d)) return;
    do {
      this.space();
      onElement();
      this.space();
    } while (this.taken(0x2c));
    if (!this.taken(0x5d)) throw this.error();
  }

  /** Moves past a value of any kind. */
  skip(): void {
    const { text } = this;
    let depth = 0;
    do {
      this.space();
      const code = text.charCodeAt(this.at);
      if (code === 0x22) this.string();
      else if (code === 0x7b || code === 0x5b) {
        depth++;
        this.at++;
      } else if (code === 0x7d || code === 0x5d) {
        depth--;
        this.at++;
      } else if ((code === 0x2c || code === 0x3a) && depth > 0) this.at++;
      else this.scalar();
    } while (depth > 0);
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) throw this.error();
  }

  private scalar(): void {
    for (const literal of ["true", "false", "null"]) {
      if (this.text.startsWith(literal, this.at)) {
        this.at += literal.length;
        return;
      }
    }
    NUMBER.lastIndex = this.at;
    if (!NUMBER.test(this.text)) throw this.error();
    this.at = NUMBER.lastIndex;
  }

  private string(): void {
    if (!this.taken(0x22)) throw this.error();
    for (;;) {
      const quote = this.text.indexOf('"', this.at);
      if (quote < 0) throw this.error();
      this.at = quote + 1;
      let backslashes = 0;
      while (this.text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
      if (backslashes % 2 === 0) return;
    }
  }

  private taken(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  /** Moves past white space. */
  space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private error(): SyntaxError {
    return new SyntaxError(`not JSON at character ${this.at}`);
  }
}

/**
 * The value between two positions as the flatten job reads it: the content of a string, compact JSON of an object or an
 * array, undefined for null.
 */
export function textOf(text: string, start: number, end: number): string | undefined {
  const code = text.charCodeAt(start);
  if (code === 0x22) return stringAt(text, start, end);
  if (code === 0x7b || code === 0x5b) return jsonText(text, start, end);
  if (code === 0x6e) return undefined;
  if (code === 0x74) return "true";
  if (code === 0x66) return "false";
  return numberText(text.slice(start, end));
}

/** The JSON between two positions without spaces, with numbers and escapes as DuckDB and Spark write them. */
export function jsonText(text: string, start: number, end: number): string {
  const walk = new JsonWalk(text, start);
  const written: string[] = [];
  function value(): void {
    const before = walk.at;
    if (walk.isObject()) {
      let isFirst = true;
      written.push("{");
      walk.object((name) => {
        written.push(isFirst ? "" : ",", JSON.stringify(name), ":");
        isFirst = false;
        value();
      });
      written.push("}");
    } else if (walk.isArray()) {
      let isFirst = true;
      written.push("[");
      walk.array(() => {
        if (!isFirst) written.push(",");
        isFirst = false;
        value();
      });
      written.push("]");
    } else {
      walk.skip();
      const scalar = text.charCodeAt(before) === 0x22;
      const content = textOf(text, before, walk.at);
      written.push(scalar ? JSON.stringify(content) : (content ?? "null"));
    }
  }
  value();
  if (walk.at > end) throw new SyntaxError(`not JSON at character ${end}`);
  return written.join("");
}

/** The content of the string between two positions, its quotes included. */
function stringAt(text: string, start: number, end: number): string {
  const content = text.slice(start + 1, end - 1);
  return content.includes("\\") ? (JSON.parse(text.slice(start, end)) as string) : content;
}

/** Integers of 64 bits keep their digits; other numbers are doubles, in their shortest form and never in that of an integer. */
function numberText(digits: string): string {
  if (/^-?\d+$/.test(digits)) {
    if (digits.length <= SURELY_64_BITS) return digits === "-0" ? "0" : digits;
    const value = BigInt(digits);
    if (value >= LEAST && value <= MOST) return digits;
  }
  const shortest = String(Number(digits)).replace("e+", "e");
  return /[.e]/.test(shortest) ? shortest : `${shortest}.0`;
}
