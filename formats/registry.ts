/** Every format, in the order of detection: the first format that claims a payload decodes it. */
import type { Format } from "./format";

/**
 * Each entry loads its format when it is called. A router's package contains the source text of the entries that it
 * enables, so that it includes only their codecs. The paths in that text must therefore also resolve from this folder's
 * siblings.
 *
 * Compression is unpacked first. The most certain signs come first: magic bytes that are declared (`binary`) or fixed
 * (`avro`, `parquet`), then a declared message that fits from its first byte to its last (`protobuf`), then bytes that
 * are not text (`messagepack`, `cbor`, which share no first byte). Among text payloads, `json` claims text that begins
 * with `{` or `[` unless it is certainly NDJSON, which `ndjson` claims; `xml` claims text that begins with a tag. `csv`
 * claims text with a delimiter in its first line, which prose may have as well, so it comes last. No format claims bare
 * numbers and words, a single column, base64, or strings, numbers and lists of MessagePack and CBOR.
 */
export const FORMATS = {
  binary: () => (require("../formats/binary/binary") as typeof import("../formats/binary/binary")).binary,
  avro: () => (require("../formats/avro/avro") as typeof import("../formats/avro/avro")).avro,
  parquet: () => (require("../formats/parquet/parquet") as typeof import("../formats/parquet/parquet")).parquet,
  protobuf: () => (require("../formats/protobuf/protobuf") as typeof import("../formats/protobuf/protobuf")).protobuf,
  messagepack: () =>
    (require("../formats/messagePack/messagePack") as typeof import("../formats/messagePack/messagePack")).messagepack,
  cbor: () => (require("../formats/cbor/cbor") as typeof import("../formats/cbor/cbor")).cbor,
  json: () => (require("../formats/json/json") as typeof import("../formats/json/json")).json,
  ndjson: () => (require("../formats/json/ndjson") as typeof import("../formats/json/ndjson")).ndjson,
  xml: () => (require("../formats/xml/xml") as typeof import("../formats/xml/xml")).xml,
  csv: () => (require("../formats/csv/csv") as typeof import("../formats/csv/csv")).csv,
};

export type FormatName = keyof typeof FORMATS;

/** Loaders of formats by name; a package has those that its router enables. */
export type FormatLoaders = { readonly [Name in FormatName]?: (typeof FORMATS)[Name] };

/** The options of each format: `{ json: {}, csv: { delimiter: ";" } }`. */
export type FormatOptions = {
  readonly [Name in FormatName]?: ReturnType<(typeof FORMATS)[Name]> extends Format<Name, infer Options>
    ? Options
    : never;
};
