/** Why a record lies in `unformatted/`: the closed list of reason codes. */
import type { FormatReason } from "../formats/formatError";

/**
 * `format`, `limits`, `empty`: the payload did not decode (see `FormatError`); `hook`: one of the user's hooks threw or
 * returned what it may not; `rejected`: the user's `accept` said no.
 */
export const REASONS = ["format", "limits", "empty", "hook", "rejected"] as const;

export type Reason = (typeof REASONS)[number];

/** A record that cannot be used: the code, and a detail that holds no payload. */
export interface Refusal {
  readonly reason: Reason;
  readonly detail: string;
}

/** Every reason a decoder gives is one of ours; the compiler says so. */
export function refuse(reason: FormatReason | Reason, detail: string): Refusal {
  return { reason, detail: shortText(detail) };
}

const LONGEST_DETAIL = 256;

/** At most 256 characters and well-formed Unicode, so that every JSON reader takes it. */
function shortText(text: string): string {
  return text.slice(0, LONGEST_DETAIL).replace(/\p{Surrogate}/gu, "\ufffd");
}
