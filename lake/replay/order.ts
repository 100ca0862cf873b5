/** What the state machine of a replay is asked for, read and checked: what is misspelt must not run. */
import { type Hour, isHour } from "../hour";
import { REASONS, type Reason } from "../reasons";
import { REPLAY_SOURCES, type ReplayChoice, type ReplaySource } from "./target";

/** All of it may be left out. */
export interface ReplayOrder {
  /** False does it; anything else only counts. @default true */
  readonly dryRun: boolean;
  /** @default both */
  readonly sources: readonly ReplaySource[];
  /** @default all */
  readonly reasons: readonly Reason[];
  /** @default all */
  readonly tables: readonly string[];
  /** The first arrival hour, as `2026-11-20T10` (UTC). @default the first there is */
  readonly from?: Hour;
  /** The last arrival hour, included. @default the last there is */
  readonly to?: Hour;
}

export function choiceOf({ dryRun, reasons, tables, from, to }: ReplayOrder): ReplayChoice {
  return { reasons, tables, apply: !dryRun, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** An order passes from state to state beside the keys of a step, 256 KiB in all (Step Functions service quotas). */
const MAX_ORDER_BYTES = 32_000;

const ORDER_FIELDS = ["dryRun", "sources", "reasons", "tables", "from", "to"];

/** @throws Error that names each field that is not one, or holds what it may not */
export function readReplayOrder(input: unknown): ReplayOrder {
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
  } = input as Partial<ReplayOrder>;
  const problems = [
    ...Object.keys(input)
      .filter((field) => !ORDER_FIELDS.includes(field))
      .map((field) => `"${field}" is not a field; use ${ORDER_FIELDS.join(", ")}`),
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
  const order = {
    dryRun,
    sources,
    reasons,
    tables,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  const size = Buffer.byteLength(JSON.stringify(order));
  if (size > MAX_ORDER_BYTES) {
    const { length } = tables;
    throw new Error(
      `the input of a replay: it has ${size} bytes, with ${length} tables; use at most ${MAX_ORDER_BYTES}, several replays of fewer tables`,
    );
  }
  return order;
}

function listProblem(field: string, value: unknown, known?: readonly string[]): string[] {
  if (!Array.isArray(value) || value.some((name) => typeof name !== "string"))
    return [`${field} is not a list of names`];
  const strange = known && value.find((name) => !known.includes(name));
  return strange === undefined ? [] : [`${field} holds ${JSON.stringify(strange)}; use ${known?.join(", ")}`];
}
