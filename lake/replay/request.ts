/** The request of a replay: the records to replay, and whether to write anything. */
import { type Hour, isHour } from "../hour";
import type { LandedObject } from "../objectKey";
import { REASONS, type Reason } from "../reasons";

/** In the order in which they are replayed. */
export const REPLAY_SOURCES = ["failed", "unformatted"] as const;

export type ReplaySource = (typeof REPLAY_SOURCES)[number];

/** The input of the state machine, where each field is optional. */
export interface ReplayRequest {
  /** True to count only, false to write as well. @default true */
  readonly dryRun: boolean;
  /** @default both */
  readonly sources: readonly ReplaySource[];
  /** Failed batches have no reason and no table yet: a request with either excludes them. @default all */
  readonly reasons: readonly Reason[];
  /** Tables of the records in `unformatted/`, which are the routers' default tables. @default all */
  readonly tables: readonly string[];
  /** First arrival hour, as `2026-11-20T10` (UTC). @default no bound */
  readonly from?: Hour;
  /** Last arrival hour, inclusive. @default no bound */
  readonly to?: Hour;
}

/** The note for failed batches that a request excludes because it names reasons or tables. */
export const WITHOUT_REASON = "failed batches, which have no reason and no table yet";

/** True if the request names reasons or tables, which failed batches do not have. */
export function leavesOutFailed({ reasons, tables }: ReplayRequest): boolean {
  return reasons.length > 0 || tables.length > 0;
}

export function hasHour({ from = "", to }: ReplayRequest, hour: Hour): boolean {
  return hour >= from && (to === undefined || hour <= to);
}

export function hasObject(request: ReplayRequest, { table, hour }: LandedObject): boolean {
  return (request.tables.length === 0 || request.tables.includes(table)) && hasHour(request, hour);
}

/** States pass the request on with the keys of a step, together at most 256 KiB (Step Functions service quotas). */
const MAX_REQUEST_BYTES = 32_000;

const FIELDS = ["dryRun", "sources", "reasons", "tables", "from", "to"];

/**
 * Reads the input of the state machine.
 *
 * @throws Error that names each unknown field and each wrong value: a request with a misspelt field must not run
 */
export function readReplayRequest(input: unknown): ReplayRequest {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new Error("the input is not an object; use {} for a dry run over everything");
  }
  const {
    dryRun = true,
    sources = REPLAY_SOURCES,
    reasons = [],
    tables = [],
    from,
    to,
  } = input as Partial<ReplayRequest>;
  const problems = [
    ...Object.keys(input)
      .filter((field) => !FIELDS.includes(field))
      .map((field) => `"${field}" is not a field; use ${FIELDS.join(", ")}`),
    ...(typeof dryRun === "boolean" ? [] : ["dryRun is not true or false"]),
    ...listProblem("sources", sources, REPLAY_SOURCES),
    ...listProblem("reasons", reasons, REASONS),
    ...listProblem("tables", tables),
    ...Object.entries({ from, to }).flatMap(([field, hour]) =>
      hour === undefined || (typeof hour === "string" && isHour(hour))
        ? []
        : [`${field} is not an hour; write it as 2026-11-20T10 (UTC)`],
    ),
  ];
  if (problems.length > 0) throw new Error(`the input of a replay: ${problems.join("; ")}`);
  const request = {
    dryRun,
    sources,
    reasons,
    tables,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  const size = Buffer.byteLength(JSON.stringify(request));
  if (size > MAX_REQUEST_BYTES) {
    throw new Error(
      `the input of a replay: ${tables.length} tables make it ${size} bytes; the maximum is ${MAX_REQUEST_BYTES}, so start several replays with fewer tables each`,
    );
  }
  return request;
}

function listProblem(field: string, value: unknown, known?: readonly string[]): string[] {
  if (!Array.isArray(value) || value.some((name) => typeof name !== "string"))
    return [`${field} is not a list of names`];
  const strange = known && value.find((name) => !known.includes(name));
  return strange === undefined ? [] : [`${field} contains ${JSON.stringify(strange)}; use ${known?.join(", ")}`];
}
