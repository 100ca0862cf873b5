/** Finds the shape of rows in one pass over their JSON bytes; JSON.parse would lose `1.0` and integers past 53 bits. */
import type { Shape } from "../../lake/hourly/flattenShape";
import { BOOLEAN, DOUBLE, INTEGER, NULL, ShapeNode, STRING } from "./shapeNode";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);
/** Any integer with this many characters fits in 64 bits. */
const SURELY_64_BITS = 18;

/** Merges the shapes of rows, in any order. */
export class ShapeScanner {
  readonly #root = new ShapeNode();
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;

  /**
   * Adds one row.
   *
   * @param bytes contain the row's JSON from `start` to before `end`, followed only by white space
   * @throws SyntaxError with the position of invalid JSON; the shape keeps the part before it
   */
  add(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#value(this.#root);
    if (this.#next() !== -1) throw this.#syntax();
  }

  shape(): Shape {
    return this.#root.toShape();
  }

  #value(node: ShapeNode): void {
    const first = this.#next();
    switch (first) {
      case 0x7b:
        this.#object(node);
        return;
      case 0x5b:
        this.#array(node);
        return;
      case QUOTE:
        node.kinds |= STRING;
        this.#skipString();
        return;
      case 0x74:
        node.kinds |= BOOLEAN;
        this.#at += 4;
        return;
      case 0x66:
        node.kinds |= BOOLEAN;
        this.#at += 5;
        return;
      case 0x6e:
        node.kinds |= NULL;
        this.#at += 4;
        return;
      default:
        if (first !== 0x2d && !(first >= 0x30 && first <= 0x39)) throw this.#syntax();
        node.kinds |= this.#number();
    }
  }

  #object(node: ShapeNode): void {
    const object = node.object();
    this.#at++;
    if (this.#isClosed(0x7d)) return;
    for (let order = 0; ; order++) {
      if (this.#next() !== QUOTE) throw this.#syntax();
      const start = this.#at;
      const hasEscape = this.#skipString();
      const field = object.field(this.#bytes, start, this.#at, hasEscape, order);
      if (this.#next() !== 0x3a) throw this.#syntax();
      this.#at++;
      this.#value(field);
      if (!this.#more(0x7d)) return;
    }
  }

  #array(node: ShapeNode): void {
    const items = node.array();
    this.#at++;
    if (this.#isClosed(0x5d)) return;
    do this.#value(items);
    while (this.#more(0x5d));
  }

  /** Reads on after a member: true at a comma, false at the closing bracket. */
  #more(close: number): boolean {
    const byte = this.#next();
    if (byte !== 0x2c && byte !== close) throw this.#syntax();
    this.#at++;
    return byte === 0x2c;
  }

  /** Moves past the closing quote; true if the string has escapes. */
  #skipString(): boolean {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    let hasEscape = false;
    for (; at < this.#end; at++) {
      const byte = bytes[at];
      if (byte === BACKSLASH) {
        hasEscape = true;
        at++;
      } else if (byte === QUOTE) {
        this.#at = at + 1;
        return hasEscape;
      }
    }
    this.#at = this.#end;
    throw this.#syntax();
  }

  #number(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let isInteger = true;
    let hasExponent = false;
    let at = start;
    for (; at < this.#end; at++) {
      const byte = bytes[at] as number;
      if (byte >= 0x30 && byte <= 0x39) continue;
      if (byte === 0x65 || byte === 0x45) hasExponent = true;
      if (byte === 0x2e || byte === 0x65 || byte === 0x45) isInteger = false;
      else if (byte !== 0x2d && byte !== 0x2b) break;
    }
    this.#at = at;
    if (at - start <= SURELY_64_BITS) {
      if (isInteger) return INTEGER;
      if (!hasExponent) return DOUBLE;
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, at - start).toString("latin1");
    if (!Number.isFinite(Number(text))) throw new SyntaxError(`not a number within a double at byte ${start}`);
    if (!isInteger) return DOUBLE;
    const value = BigInt(text);
    return value >= LEAST && value <= MOST ? INTEGER : DOUBLE;
  }

  #isClosed(close: number): boolean {
    if (this.#next() !== close) return false;
    this.#at++;
    return true;
  }

  /** The byte after white space, -1 at the end. */
  #next(): number {
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at] as number;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
    return -1;
  }

  #syntax(): SyntaxError {
    return new SyntaxError(`not JSON at byte ${this.#at}`);
  }
}
