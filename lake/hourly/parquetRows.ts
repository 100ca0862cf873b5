/** Reads the row count of a Parquet object: `num_rows` in its footer, in Thrift's compact protocol. */

/** Bytes at the end of a Parquet object after its footer: the footer's length and the magic number. */
const TAIL_BYTES = 8;
const MAGIC = "PAR1";
const NUM_ROWS_FIELD = 3;
/** Compact protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
const Type = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
};
const DEEPEST = 32;

/**
 * Returns the number of bytes at the object's end that `parquetRows` needs.
 *
 * @param end the last bytes of the object, 8 or more
 */
export function parquetFooterBytes(end: Uint8Array): number {
  const bytes = Buffer.from(end.buffer, end.byteOffset, end.byteLength);
  if (bytes.length < TAIL_BYTES || bytes.toString("latin1", bytes.length - 4) !== MAGIC) {
    throw new Error(`lake: the last of ${bytes.length} bytes are not the end of a Parquet object`);
  }
  return bytes.readUInt32LE(bytes.length - TAIL_BYTES) + TAIL_BYTES;
}

/** @param end the last bytes of the object, at least as many as `parquetFooterBytes` returns */
export function parquetRows(end: Uint8Array): number {
  const needed = parquetFooterBytes(end);
  if (end.length < needed) throw new Error(`lake: the Parquet footer takes ${needed} bytes, ${end.length} are at hand`);
  return new Reader(end.subarray(end.length - needed, end.length - TAIL_BYTES)).numRows();
}

class Reader {
  private position = 0;
  constructor(private readonly bytes: Uint8Array) {}

  numRows(): number {
    for (const field of this.fields()) {
      if (field.id === NUM_ROWS_FIELD && field.type === Type.i64) return Number(this.zigzag());
      this.skip(field.type, 0);
    }
    throw new Error("lake: the Parquet footer has no row count");
  }

  private *fields(): Generator<{ id: number; type: number }> {
    for (let id = 0; ; ) {
      const header = this.byte();
      if (header === Type.stop) return;
      const delta = header >> 4;
      id = delta === 0 ? Number(this.zigzag()) : id + delta;
      yield { id, type: header & 0x0f };
    }
  }

  private skip(type: number, depth: number): void {
    if (depth > DEEPEST) throw new Error(`lake: the Parquet footer nests deeper than ${DEEPEST}`);
    if (type === Type.true || type === Type.false) return;
    if (type === Type.byte) this.advance(1);
    else if (type === Type.double) this.advance(8);
    else if (type === Type.i16 || type === Type.i32 || type === Type.i64) this.varint();
    else if (type === Type.binary) this.advance(Number(this.varint()));
    else if (type === Type.list || type === Type.set) this.skipList(depth);
    else if (type === Type.map) this.skipMap(depth);
    else if (type === Type.struct) for (const field of this.fields()) this.skip(field.type, depth + 1);
    else throw new Error(`lake: the Parquet footer has an unknown Thrift type ${type}`);
  }

  private skipList(depth: number): void {
    const header = this.byte();
    const size = header >> 4 === 15 ? Number(this.varint()) : header >> 4;
    for (let index = 0; index < size; index += 1) this.skipElement(header & 0x0f, depth);
  }

  private skipMap(depth: number): void {
    const size = Number(this.varint());
    if (size === 0) return;
    const types = this.byte();
    for (let index = 0; index < size; index += 1) {
      this.skipElement(types >> 4, depth);
      this.skipElement(types & 0x0f, depth);
    }
  }

  /** In a collection, a boolean is a byte of its own. */
  private skipElement(type: number, depth: number): void {
    if (type === Type.true || type === Type.false) this.advance(1);
    else this.skip(type, depth + 1);
  }

  private zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error("lake: the Parquet footer has a number longer than 64 bits");
  }

  private byte(): number {
    this.advance(1);
    return this.bytes[this.position - 1] as number;
  }

  private advance(bytes: number): void {
    this.position += bytes;
    if (this.position > this.bytes.length) throw new Error("lake: the Parquet footer ends too soon");
  }
}
