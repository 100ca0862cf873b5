/** Declares a router's formats for programs in any language: those of `FormatsConfig`, with schemas as strings. */
import type { Limits } from "../../formats/limits";
import type { ProtobufMessage } from "../../formats/protobuf/options";
import type { XmlOptions } from "../../formats/xml/options";

export const CsvDelimiter = { Comma: ",", Semicolon: ";", Tab: "\t", Pipe: "|" } as const;
export type CsvDelimiter = (typeof CsvDelimiter)[keyof typeof CsvDelimiter];

export const CsvOnBadRow = { Row: "row", Record: "record" } as const;
export type CsvOnBadRow = (typeof CsvOnBadRow)[keyof typeof CsvOnBadRow];

export interface CsvFormat {
  /** True if the first line of every payload names the columns; `false` requires `columns`. @default true */
  header?: boolean;
  /** The column names, in order; with a header, the header must be exactly these. @default those of the header */
  columns?: string[];
  /** @default detected in the first line, outside quotes */
  delimiter?: CsvDelimiter;
  /**
   * `row`: a bad row goes to `unformatted/` by itself, and the record's other rows land. `record`: a bad row moves
   * its whole record to `unformatted/`.
   * @default "row"
   */
  onBadRow?: CsvOnBadRow;
}

export const XmlOutside = { Refuse: "refuse", Drop: "drop" } as const;
export type XmlOutside = (typeof XmlOutside)[keyof typeof XmlOutside];

export interface XmlFormat extends Omit<XmlOptions, "outside" | "lists"> {
  /** Refuses or drops attributes and text outside the elements that become rows; only with `rows`. @default "refuse" */
  outside?: XmlOutside;
  /** Names whose values are always lists. @default none */
  lists?: string[];
}

export const BinaryType = {
  U8: "u8",
  U16: "u16",
  U32: "u32",
  U64: "u64",
  I8: "i8",
  I16: "i16",
  I32: "i32",
  I64: "i64",
  F32: "f32",
  F64: "f64",
  Text: "text",
  Text8: "text8",
  Text16: "text16",
  Timestamp: "timestamp",
  Pad: "pad",
} as const;
export type BinaryType = (typeof BinaryType)[keyof typeof BinaryType];

export const BinaryTimeUnit = { Seconds: "s", Milliseconds: "ms", Microseconds: "us" } as const;
export type BinaryTimeUnit = (typeof BinaryTimeUnit)[keyof typeof BinaryTimeUnit];

/** One field, in the order of the bytes. */
export interface BinaryField {
  /** The field's name in the row; none for `pad`. */
  name?: string;
  type: BinaryType;
  /** Bytes of a `text` or a `pad`. */
  bytes?: number;
  /** Unit of a `timestamp`, counted since 1970-01-01 UTC. */
  unit?: BinaryTimeUnit;
  /** Bytes of a `timestamp`, 8, or 4 for seconds. @default 8 */
  width?: number;
}

export const Endianness = { Little: "little", Big: "big" } as const;
export type Endianness = (typeof Endianness)[keyof typeof Endianness];

export interface BinaryLayout {
  name: string;
  /** The first bytes of every frame, in hexadecimal: 2 to 16 bytes; blanks are ignored. */
  magic: string;
  endianness: Endianness;
  fields: BinaryField[];
}

export interface BinaryFormat {
  /** Frames of several layouts may follow each other in one payload; the magic of a frame identifies its layout. */
  layouts: BinaryLayout[];
  /** The column for the layout's name, in every row. @default none */
  layoutColumn?: string;
}

export interface AvroFormat {
  /** Schemas of single-object encoding as strings, found by their fingerprints. @default none */
  schemas?: string[];
  /** Schemas as strings, by their registry ids. @default none */
  registered?: Record<string, string>;
}

export interface ProtobufFormat {
  /** Messages without a frame; the first one that fits is used. @default none */
  messages?: ProtobufMessage[];
  /** Contents of `.proto` files, by their registry ids. @default none */
  registered?: Record<string, string>;
}

/** A format that has no options. */
// biome-ignore lint/suspicious/noEmptyInterface: an object without properties is what programs write, `json: {}`
export interface PlainFormat {}

/** A format is enabled if it is present. */
export interface RouterFormats {
  json?: PlainFormat;
  ndjson?: PlainFormat;
  csv?: CsvFormat;
  xml?: XmlFormat;
  /** Fixed-layout binary. */
  binary?: BinaryFormat;
  avro?: AvroFormat;
  parquet?: PlainFormat;
  protobuf?: ProtobufFormat;
  messagepack?: PlainFormat;
  cbor?: PlainFormat;
  /** Bounds on what one record may cost in time and memory. */
  limits?: Partial<Limits>;
}
