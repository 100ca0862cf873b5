/** JSON: one object per payload, one row. */
import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Payload } from "../payload";
import type { Row } from "../row";
import { stringifyRow } from "../values/stringifyRow";
import { decodeJsonRow } from "./row";
import { looksLikeNdjson, startsLikeJson } from "./start";

/** JSON has no options: `json: {}` enables it. */
export type JsonOptions = Record<string, never>;

/**
 * Claims text that begins with `{` or `[`, unless its first line is an object and another follows, which is NDJSON.
 * `decodeJsonRow` documents the values that are refused.
 */
export const json: Format<"json", JsonOptions> = {
  name: "json",
  check: (options) => Object.keys(options).map((name) => `json.${name} is not an option; json has none`),
  open: (_options, limits): FormatReader => ({
    detect: (payload) => startsLikeJson(payload) && !looksLikeNdjson(payload),
    decode: (payload) => [decodeOne(payload, limits)],
  }),
  encode(rows: readonly Row[]): Uint8Array {
    const [row] = rows;
    if (!row || rows.length > 1) throw new TypeError(`json holds one row a payload, got ${rows.length}; use ndjson`);
    return Buffer.from(stringifyRow(row));
  },
};

function decodeOne(payload: Payload, limits: Limits) {
  if (!payload.isText) throw new FormatError("json", `${payload.bytes.length} bytes are not UTF-8`);
  return decodeJsonRow(payload, payload.start, payload.bytes.length, "json", limits).decoded;
}
