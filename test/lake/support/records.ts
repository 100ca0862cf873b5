/** Records for tests, and a decoder small enough to see through: each line of the payload is a row of JSON. */
import { FormatError } from "../../../formats/formatError";
import type { DecodeAtOnce, Row } from "../../../formats/row";
import type { IncomingRecord } from "../../../lake/record";
import type { RouteOptions } from "../../../lake/routing/route";

export const SHARD = "shardId-000000000003";

/** 2026-11-20T10:04:09.123Z */
export const ARRIVED = Date.UTC(2026, 10, 20, 10, 4, 9, 123);

export const OPTIONS: RouteOptions = {
  stream: "clicks",
  table: "records",
  prefixes: { raw: "raw/", unformatted: "unformatted/" },
};

export function record(
  sequenceNumber: number | string,
  payload: string | Uint8Array,
  overrides: Partial<IncomingRecord> = {},
) {
  return {
    shard: SHARD,
    sequenceNumber: String(sequenceNumber),
    arrivedMillis: ARRIVED,
    partitionKey: "u-17",
    payload: typeof payload === "string" ? Buffer.from(payload) : payload,
    ...overrides,
  };
}

export const decodeLines: DecodeAtOnce = (payload) => {
  const text = Buffer.from(payload).toString("utf8");
  if (text === "") throw new FormatError("unknown", "0 bytes", "empty");
  try {
    const rows = text.split("\n").map((json) => ({ row: JSON.parse(json) as Row, json }));
    return { format: "json", rows };
  } catch (cause) {
    throw new FormatError("json", `${payload.length} bytes do not parse`, "format", { cause });
  }
};
