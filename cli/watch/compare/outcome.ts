/** The lines that a router landed, by the identity of their rows and records. */
import { readLines, readUnformattedLine, rowIdOf } from "../../../lake/envelope";
import { parseObjectKey } from "../../../lake/objectKey";
import type { Reason } from "../../../lake/reasons";
import type { RouterOutput } from "../messages";

export interface LandedRow {
  readonly table: string;
  /** The line of `raw/`. */
  readonly line: string;
}

export interface Refused {
  readonly reason: Reason;
  readonly detail: string;
}

export interface Outcome {
  /** By `_id`, `shardId-000000000003/4965…/0.17`. */
  readonly rows: ReadonlyMap<string, LandedRow>;
  /** By the id of the record, `…/0`, or of its row. */
  readonly unformatted: ReadonlyMap<string, Refused>;
}

export const NOTHING_LANDED: Outcome = { rows: new Map(), unformatted: new Map() };

export function outcomeOf({ objects, rawPrefix }: Pick<RouterOutput, "objects" | "rawPrefix">): Outcome {
  const rows = new Map<string, LandedRow>();
  const unformatted = new Map<string, Refused>();
  for (const [key, body] of [...objects].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { table = "" } = parseObjectKey(key) ?? {};
    for (const line of readLines(body)) {
      if (key.startsWith(rawPrefix)) {
        rows.set(rowIdOf(line), { table, line });
      } else {
        const { id, reason, detail } = readUnformattedLine(line);
        unformatted.set(id, { reason, detail });
      }
    }
  }
  return { rows, unformatted };
}

/** The id of the record of a row, `…/0` of `…/0.17`; a record's id is its own. */
export function recordOf(id: string): string {
  const place = id.lastIndexOf("/");
  const dot = id.indexOf(".", place);
  return dot < 0 ? id : id.slice(0, dot);
}
