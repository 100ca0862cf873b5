/** Every format, in the order in which a payload is offered to them: the first that claims it decodes it. */
import { binary } from "./binary";
import { csv } from "./csv";
import { json } from "./json";
import { ndjson } from "./ndjson";

/**
 * Before all of them, gzip is unpacked. Declared magic bytes are the surest sign, so `binary` comes first; `json` claims text
 * that begins with `{` or `[` unless it is certainly NDJSON, which `ndjson` then claims; `csv` takes text that has a delimiter
 * in its first line, which prose may have as well, so it comes last.
 */
export const FORMATS = [binary, json, ndjson, csv] as const;

export type FormatName = (typeof FORMATS)[number]["name"];

/** The options of each format: `{ json: {}, csv: { delimiter: ";" } }`. */
export type FormatOptions = {
  readonly [Entry in (typeof FORMATS)[number] as Entry["name"]]?: Parameters<Entry["open"]>[0];
};
