/** A router's formats, as programs in any language declare them: those of `FormatsConfig`, schemas as texts. */
import type { Limits } from "../../formats/limits";
import type { ProtobufMessage } from "../../formats/protobuf/options";
import type { XmlOptions } from "../../formats/xml/options";

export const CsvDelimiter = { Comma: ",", Semicolon: ";", Tab: "\t", Pipe: "|" } as const;
export type CsvDelimiter = (typeof CsvDelimiter)[keyof typeof CsvDelimiter];

export const CsvOnBadRow = { Row: "row", Record: "record" } as const;
export type CsvOnBadRow = (typeof CsvOnBadRow)[keyof typeof CsvOnBadRow];

export interface CsvFormat {
  /** Whether the first line of every payload names the columns; `false` needs `columns`. @default true */
  header?: boolean;
  /** The column names, in order; with a header, the header must be exactly these. @default those of the header */
  columns?: string[];
  /** @default told from the first line outside quotes */
  delimiter?: CsvDelimiter;
  /**
   * `row`: a bad row lies in `unformatted/` by itself, and the record's other rows land. `record`: one bad row takes its whole
   * record along. @default "row"
   */
  onBadRow?: CsvOnBadRow;
}

export const XmlOutside = { Refuse: "refuse", Drop: "drop" } as const;
export type XmlOutside = (typeof XmlOutside)[keyof typeof XmlOutside];

export interface XmlFormat extends Omit<XmlOptions, "outside" | "lists"> {
  /** Attributes and text outside the elements that are rows: refused, or left out; only with `rows`. @default "refuse" */
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
  /** How long a `text` or a `pad` is. */
  bytes?: number;
  /** What a `timestamp` counts since 1970-01-01 UTC. */
  unit?: BinaryTimeUnit;
  /** Bytes of a `timestamp`, 8, or 4 for seconds. @default 8 */
  width?: number;
}

export const Endianness = { Little: "little", Big: "big" } as const;
export type Endianness = (typeof Endianness)[keyof typeof Endianness];

export interface BinaryLayout {
  name: string;
  /** The bytes that every frame begins with, in hexadecimal; 2 to 16 bytes, blanks allowed. */
  magic: string;
  endianness: Endianness;
  fields: BinaryField[];
}

export interface BinaryFormat {
  /** Frames of several layouts may follow each other in one payload; each is told by its magic. */
  layouts: BinaryLayout[];
  /** Puts the layout's name under this name in every row. @default the row does not say */
  layoutColumn?: string;
}

export interface AvroFormat {
  /** Texts of the schemas of single-object encoding, found by their fingerprints. @default none */
  schemas?: string[];
  /** Texts of schemas by the id that a registry gave them. @default none */
  registered?: Record<string, string>;
}

export interface ProtobufFormat {
  /** Messages that come without a frame; the first that fits is taken. @default none */
  messages?: ProtobufMessage[];
  /** Texts of `.proto` files by the id that a registry gave them. @default none */
  registered?: Record<string, string>;
}

/** A format that has no options. */
// biome-ignore lint/suspicious/noEmptyInterface: an object without properties is what programs write, `json: {}`
export interface PlainFormat {}

/** A format is enabled by being there. */
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
