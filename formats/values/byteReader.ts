/** Reads binary formats whose items announce their length: never past the end, and never more values than the limits. */
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import { costOfNames } from "./costOfNames";
import type { KeyCache } from "./keyCache";
import { utf8Text } from "./utf8Text";

/** Additional values that a map or an array counts as: an empty one is one byte here, and many times that in memory. */
const ROOM_OF_CONTAINER = 7;

export class ByteReader {
  at = 0;
  /** Values that are read or announced, as `limits.values` counts them. */
  values = 0;
  /** The sum of `costOfNames` of all maps. */
  costOfNames = 0;

  constructor(
    readonly bytes: Buffer,
    private readonly format: string,
    private readonly limits: Limits,
    private readonly keys: KeyCache,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  u8(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw this.cutShort();
    this.at += 1;
    return byte;
  }

  u16(): number {
    return this.bytes.readUInt16BE(this.take(2));
  }

  u32(): number {
    return this.bytes.readUInt32BE(this.take(4));
  }

  /** An unsigned 64-bit integer; a bigint only if a double cannot hold it exactly. */
  u64(): number | bigint {
    const at = this.take(8);
    const high = this.bytes.readUInt32BE(at);
    if (high < 0x20_0000) return high * 2 ** 32 + this.bytes.readUInt32BE(at + 4);
    return this.bytes.readBigUInt64BE(at);
  }

  /** NaN and infinities become null, because JSON has neither. */
  f32(): number | null {
    return finite(this.bytes.readFloatBE(this.take(4)));
  }

  f64(): number | null {
    return finite(this.bytes.readDoubleBE(this.take(8)));
  }

  base64(length: number): string {
    const start = this.take(length);
    return this.bytes.toString("base64", start, start + length);
  }

  text(length: number): string {
    const start = this.take(length);
    return this.textAt(start, start + length);
  }

  /** A name; names repeat, so their strings are cached. */
  key(length: number): string {
    const start = this.take(length);
    const { keys, bytes } = this;
    const slot = keys.slot(bytes, start, length);
    const kept = slot < 0 ? undefined : keys.at(slot, bytes, start, length);
    if (kept !== undefined) return kept;
    const text = this.textAt(start, start + length);
    if (slot >= 0) keys.keep(slot, bytes, start, length, text);
    return text;
  }

  /** Moves past `length` bytes; returns the position of the first. */
  take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw this.cutShort();
    this.at = start + length;
    return start;
  }

  /** Checks an announced map; each of its members takes at least two bytes. */
  enterMap(count: number, depth: number): void {
    if (count > this.limits.columns) throw this.limit("columns");
    this.costOfNames += costOfNames(count);
    this.enter(count, 2, depth);
  }

  enterArray(count: number, depth: number): void {
    this.enter(count, 1, depth);
  }

  /** Counts one more member of a map of unannounced size. @param index number of members before it */
  enterMember(index: number): void {
    if (index === this.limits.columns) throw this.limit("columns");
    this.costOfNames += costOfNames(index + 1) - costOfNames(index);
    this.enterValue();
  }

  /** Counts one more value of an array of unannounced size. */
  enterValue(): void {
    this.values += 1;
    if (this.values > this.limits.values) throw this.limit("values");
  }

  /** @param count number of announced values, @param bytesEach minimum bytes of each, @param depth from 1 */
  private enter(count: number, bytesEach: number, depth: number): void {
    if (depth > this.limits.depth) throw this.limit("depth");
    if (count * bytesEach > this.bytes.length - this.at) throw this.cutShort();
    this.values += count + ROOM_OF_CONTAINER;
    if (this.values > this.limits.values) throw this.limit("values");
  }

  limit(what: keyof Limits): FormatError {
    return new FormatError(this.format, beyond(what, this.limits[what]), "limits");
  }

  refuse(what: string): FormatError {
    return new FormatError(this.format, `byte ${this.at} of ${this.bytes.length}: ${what}`);
  }

  private cutShort(): FormatError {
    return this.refuse("the payload is cut short");
  }

  private textAt(start: number, end: number): string {
    const text = utf8Text(this.bytes, start, end);
    if (text === undefined) throw this.refuse("a text is not UTF-8");
    return text;
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
