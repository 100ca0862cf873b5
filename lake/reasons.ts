/** The complete list of reasons for which a record lands in `unformatted/`. */
import type { FormatReason } from "../formats/formatError";

/**
 * `format`, `too-large`, `limits`, `checksum`, `empty`: the payload did not decode (see `FormatReason`); `hook`: one of the
 * user's hooks threw or returned a wrong value; `rejected`: the user's `accept` returned a reason; `schema`: a row does not
 * match its table's schema.
 */
export const REASONS = ["format", "too-large", "limits", "checksum", "empty", "hook", "rejected", "schema"] as const;

export type Reason = (typeof REASONS)[number];

/** The reason why a record cannot be used, with a detail that contains no payload. */
export interface Refusal {
  readonly reason: Reason;
  readonly detail: string;
  /** The format whose rules the payload broke, or `"unknown"`. @default the format that it decoded as */
  readonly format?: string;
}

/** Accepts a decoder's reasons too; the compiler checks that `REASONS` contains them. */
export function refuse(reason: FormatReason | Reason, detail: string, format?: string): Refusal {
  return { reason, detail: shortText(detail), ...(format !== undefined && { format }) };
}

/** The number of records of one format that were refused for one reason. */
export interface RefusalCount {
  readonly reason: Reason;
  readonly format: string;
  /** The detail of the first of them. */
  readonly detail: string;
  readonly records: number;
}

const LONGEST_DETAIL = 256;

/** Replaces the numbers of a detail, so that details of the same failure are equal; keeps places: `hooks2.ts:17`. */
export function generalDetail(detail: string): string {
  return detail.replace(/([^\s()]+\.[cm]?[jt]sx?:\d+)|\d+/g, (_, place?: string) => place ?? "…");
}

/** At most 256 characters and well-formed Unicode, so that every JSON reader takes it. */
function shortText(text: string): string {
  return text.slice(0, LONGEST_DETAIL).replace(/\p{Surrogate}/gu, "\ufffd");
}
