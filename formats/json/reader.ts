/** A strict JSON parser that, unlike `JSON.parse`, reports the position of an error and keeps integers beyond 2^53. */
import type { Value } from "../row";

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;
const LITERALS: readonly (readonly [string, Value])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/**
 * The value that `JSON.parse` returns, but with every integer literal beyond ±(2^53 − 1) as a bigint. It is several times
 * slower, so it is only for text that failed to parse or that contains such an integer. The caller bounds the depth.
 *
 * @param errorAt makes the error to throw, from the position of the first invalid character
 */
export function readJson(text: string, errorAt: (position: number) => Error): Value {
  const reader = new JsonReader(text, errorAt);
  const value = reader.value();
  reader.end();
  return value;
}

class JsonReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly errorAt: (position: number) => Error,
  ) {}

  value(): Value {
    this.skipSpace();
    const character = this.text[this.at];
    if (character === "{") return this.object();
    if (character === "[") return this.array();
    if (character === '"') return this.string();
    for (const [literal, value] of LITERALS) {
      if (this.text.startsWith(literal, this.at)) {
        this.at += literal.length;
        return value;
      }
    }
    return this.number();
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) throw this.errorAt(this.at);
  }

  private object(): Value {
    const object: { [name: string]: Value } = {};
    this.at++;
    if (this.take("}")) return object;
    do {
      this.skipSpace();
      if (this.text[this.at] !== '"') throw this.errorAt(this.at);
      const name = this.string();
      this.expect(":");
      const value = this.value();
      // A plain assignment to this name would set the object's prototype.
      if (name === "__proto__") {
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
      } else object[name] = value;
    } while (this.take(","));
    this.expect("}");
    return object;
  }

  private array(): Value {
    const array: Value[] = [];
    this.at++;
    if (this.take("]")) return array;
    do array.push(this.value());
    while (this.take(","));
    this.expect("]");
    return array;
  }

  private string(): string {
    const start = this.at++;
    let hasEscapes = false;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        ESCAPE.lastIndex = this.at;
        if (!ESCAPE.test(this.text)) throw this.errorAt(this.at);
        this.at = ESCAPE.lastIndex;
        hasEscapes = true;
      } else if (code >= 0x20) this.at++;
      else throw this.errorAt(this.at); // a control character, or NaN at the end of the text
    }
    this.at++;
    return hasEscapes ? JSON.parse(this.text.slice(start, this.at)) : this.text.slice(start + 1, this.at - 1);
  }

  private number(): Value {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (!found) throw this.errorAt(this.at);
    this.at = NUMBER.lastIndex;
    const value = Number(found[0]);
    const isInteger = found[1] === undefined && found[2] === undefined;
    return isInteger && !Number.isSafeInteger(value) ? BigInt(found[0]) : value;
  }

  private take(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private expect(character: string): void {
    if (!this.take(character)) throw this.errorAt(this.at);
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }
}
