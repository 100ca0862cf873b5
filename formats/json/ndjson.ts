/** NDJSON: one JSON object per line, one row each. */
import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row } from "../row";
import { stringifyRow } from "../values/stringifyRow";
import { decodeJsonRow } from "./row";
import { startsLikeJson } from "./start";

/** NDJSON has no options: `ndjson: {}` enables it. */
export type NdjsonOptions = Record<string, never>;

const LINE_FEED = 0x0a;

/**
 * Claims text that begins with `{` or `[` and that `json` does not claim. So a payload of a single line is JSON if both
 * are enabled. Lines end with LF or CRLF; lines of white space are skipped.
 */
export const ndjson: Format<"ndjson", NdjsonOptions> = {
  name: "ndjson",
  check: (options) => Object.keys(options).map((name) => `ndjson.${name} is not an option; ndjson has none`),
  open: (_options, limits): FormatReader => ({
    detect: startsLikeJson,
    decode: (payload) => decodeLines(payload, limits),
  }),
  encode(rows: readonly Row[]): Uint8Array {
    if (rows.length === 0) throw new TypeError("ndjson holds at least one row a payload, got 0");
    return Buffer.from(rows.map((row) => `${stringifyRow(row)}\n`).join(""));
  },
};

function decodeLines(payload: Payload, limits: Limits): DecodedRow[] {
  if (!payload.isText) throw new FormatError("ndjson", `${payload.bytes.length} bytes are not UTF-8`);
  const { bytes } = payload;
  const rows: DecodedRow[] = [];
  let values = 0;
  let line = 0;
  for (let start = payload.start; start < bytes.length; ) {
    const lineEnd = bytes.indexOf(LINE_FEED, start);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    line++;
    if (!isBlank(bytes, start, end)) {
      if (rows.length === limits.rows) throw new FormatError("ndjson", beyond("rows", limits.rows), "limits");
      const found = decodeJsonRow(payload, start, end, "ndjson", limits, `line ${line}: `);
      values += found.values;
      if (values > limits.values) throw new FormatError("ndjson", beyond("values", limits.values), "limits");
      rows.push(found.decoded);
    }
    start = end + 1;
  }
  return rows;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
}
