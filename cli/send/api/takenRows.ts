/** Reads the answer of an HTTP API: which rows the stream has taken, and which are to be sent again. */
import { CommandError } from "../../errors";
import { counted } from "../../terminal/wording";
import type { ApiAnswer } from "./apiClient";
import type { RowGroup } from "./rowGroups";

export interface TakenOptions {
  /** The URL, for messages. */
  readonly api: string;
  readonly titleOf: (file: string) => string;
  /** True with `--unsigned`. @default false */
  readonly isUnsigned?: boolean;
}

/** A request without an answer, with the error of its connection. */
export type Lost = { readonly lost: string };

export interface Taken {
  readonly rows: RowGroup["rows"];
  readonly records: number;
  readonly rest: RowGroup;
  readonly reason: string;
  readonly retryAfterSeconds: number;
  /** The run of the local cloud that answers. */
  readonly localRun: string | undefined;
}

/** Statuses of API Gateway and of the function that another attempt may pass. */
const PASSING = new Set([429, 502, 503, 504]);

/** @throws CommandError for a refusal that no attempt passes */
export function takenOf(answer: ApiAnswer | Lost, group: RowGroup, options: TakenOptions): Taken {
  const none = { rows: [], records: 0, rest: group };
  if ("lost" in answer) return { ...none, reason: answer.lost, retryAfterSeconds: 0, localRun: undefined };
  const { status, body, retryAfterSeconds, localRun, localProblem } = answer;
  const given = { retryAfterSeconds, localRun };
  const { results, detail, message } = Object(body) as AnswerBody;
  if (status === 202 && Array.isArray(results) && group.form === "record") {
    return { rows: group.rows, records: results.length, rest: { ...group, rows: [] }, reason: "", ...given };
  }
  if ((status === 202 || status === 207) && Array.isArray(results))
    return { ...partOf(group, results, options), ...given };
  const reason = `${status}${(detail ?? localProblem ?? message) ? `: ${detail ?? localProblem ?? message}` : ""}`;
  // With `detail`, the stream refuses for good; without it, the function has failed.
  if (PASSING.has(status) || (status === 500 && detail === undefined)) return { ...none, reason, ...given };
  throw new CommandError(refusalOf(status, reason, group, options));
}

interface AnswerBody {
  readonly results?: readonly { readonly rows?: number; readonly error?: string }[];
  /** Of a problem of the function. */
  readonly detail?: string;
  /** Of API Gateway itself. */
  readonly message?: string;
}

/** Results are in the order of the rows. A record of a group for `/records` has all its rows. */
function partOf(
  group: RowGroup,
  results: NonNullable<AnswerBody["results"]>,
  { api }: TakenOptions,
): Omit<Taken, "retryAfterSeconds" | "localRun"> {
  let at = 0;
  const taken: RowGroup["rows"][number][] = [];
  const left: RowGroup["rows"][number][] = [];
  for (const { rows = Number.NaN, error } of results) {
    (error === undefined ? taken : left).push(...group.rows.slice(at, at + rows));
    at += rows;
  }
  if (at !== group.rows.length) {
    throw new CommandError(
      `${api} answers for ${at} of ${group.rows.length} rows; it is not an IngestApi, or an older one`,
    );
  }
  const records = results.filter(({ error }) => error === undefined).length;
  const reason = results.find(({ error }) => error !== undefined)?.error ?? "";
  return { rows: taken, records, rest: { ...group, rows: left }, reason };
}

function refusalOf(status: number, reason: string, group: RowGroup, options: TakenOptions): string {
  const { api, isUnsigned = false } = options;
  if (status === 401) return `${api} does not accept the token (${reason}); give a valid one with --token`;
  if (status === 403 && isUnsigned) {
    return `${api} refuses requests without a signature or a token (${reason}); leave out --unsigned, or give --token`;
  }
  if (status === 403) {
    return `${api} refuses the request (${reason}); the credentials need invokeAccess() of the IngestApi, or its tokens a scope`;
  }
  if (status === 404 || status === 405 || status < 400) {
    return `${api} is not the address of an IngestApi (${reason}); use its output url`;
  }
  return `${placeOf(group, options)} refused by ${api} (${reason})`;
}

/** `orders.csv: row 1 to row 5000 (5,000) are` */
export function placeOf({ file, rows }: RowGroup, { titleOf }: TakenOptions): string {
  const [first, last] = [rows[0]?.place, rows.at(-1)?.place];
  return `${titleOf(file)}: ${rows.length === 1 ? `${first} is` : `${first} to ${last} (${counted(rows.length)}) are`}`;
}
