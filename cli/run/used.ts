/** Counts what a run used of AWS's meters, and the price of the part that AWS charges by the request. */
import type { FunctionCalls, LambdaService } from "../../local/services/lambda/service";
import type { StepFunctionsService } from "../../local/services/stepFunctions/service";
import type { LocalCloud } from "../../local/startLocal";
import { costOf } from "../cost/prices";
import type { Sent } from "../send/sendRecords";
import { byteCount, counted, counting } from "../terminal/wording";

export interface Used {
  /** Records that the run sent, and their mean payload. */
  readonly records: number;
  readonly recordBytes: number;
  readonly functions: readonly FunctionCalls[];
  /** PUT, COPY, POST and LIST requests have one price, GET and the others another. */
  readonly s3: { readonly puts: number; readonly gets: number };
  /** Entered states of all executions. */
  readonly transitions: number;
  /** State machines with executions. */
  readonly stateMachines: number;
  readonly queries: number;
  /** Dollars for the calls, requests, transitions and queries above; AWS may charge more. */
  readonly usd: number;
}

/** Athena's minimum for a query, in TB (https://aws.amazon.com/athena/pricing/). */
const LEAST_QUERY_TB = 10 / 1024 ** 2;

/** The calls of a cloud up to a time. */
export interface Calls {
  /** By action, `"s3:PutObject"`. */
  readonly byAction: Readonly<Record<string, number>>;
  readonly functions: readonly FunctionCalls[];
}

export function callsOf(cloud: LocalCloud): Calls {
  const functions = (cloud.service("lambda") as LambdaService).calls().map((each) => ({ ...each }));
  return { byAction: { ...cloud.calls() }, functions };
}

/** The calls after an earlier time. */
function callsAfter(before: Calls, { byAction, functions }: Calls): Calls {
  const former = new Map(before.functions.map((each) => [each.name, each]));
  return {
    byAction: Object.fromEntries(
      Object.entries(byAction).map(([action, count]) => [action, count - (before.byAction[action] ?? 0)]),
    ),
    functions: functions.map((each) => {
      const { calls = 0, millis = 0 } = former.get(each.name) ?? {};
      return { ...each, calls: each.calls - calls, millis: each.millis - millis };
    }),
  };
}

/**
 * @param sent by the run itself
 * @param checks the calls before and after the run read its ledgers: those between them are not the program's
 */
export function usedBy(
  cloud: LocalCloud,
  sent: Pick<Sent, "records" | "bytes">,
  checks: readonly [before: Calls, after: Calls],
): Used {
  const { byAction, functions } = callsAfter(callsAfter(...checks), callsOf(cloud));
  const called = functions.filter(({ calls }) => calls > 0).sort((one, other) => (one.name < other.name ? -1 : 1));
  const executions = (cloud.service("states") as StepFunctionsService).executions();
  const events = executions.flatMap(({ history }) => history.events);
  const stateMachines = new Set(executions.map(({ stateMachineArn }) => stateMachineArn)).size;
  const transitions = events.filter(({ type }) => type.endsWith("StateEntered")).length;
  const {
    "s3:PutObject": put = 0,
    "s3:ListBucket": list = 0,
    "s3:GetObject": gets = 0,
    "athena:StartQueryExecution": queries = 0,
  } = byAction;
  const calls = functions.reduce((sum, one) => sum + one.calls, 0);
  const puts = put + list;
  const usd =
    costOf("lambdaRequest", calls) +
    costOf("s3Put", puts) +
    costOf("s3Get", gets) +
    costOf("transition", transitions) +
    costOf("athenaScan", queries * LEAST_QUERY_TB);
  const recordBytes = sent.records === 0 ? 0 : Math.round(sent.bytes / sent.records);
  return {
    records: sent.records,
    recordBytes,
    functions: called,
    s3: { puts, gets },
    transitions,
    stateMachines,
    queries,
    usd,
  };
}

export function usedLines({
  records,
  recordBytes,
  functions,
  s3,
  transitions,
  stateMachines,
  queries,
  usd,
}: Used): string[] {
  const calls = functions.reduce((sum, one) => sum + one.calls, 0);
  const gbSeconds = functions.reduce((sum, one) => sum + (one.millis * one.memoryMebibytes) / 1024 / 1000, 0);
  const meters = [
    `${counting(records, "record")} of ${byteCount(recordBytes)}`,
    `${counting(calls, "call")} of functions, ${gbSeconds.toFixed(1)} GB-s on this machine`,
    `${counted(s3.puts)} PUT and ${counted(s3.gets)} GET requests to S3`,
    `${counting(transitions, "state transition")}, ${counting(queries, "query", "queries")}`,
  ];
  const size = records > 0 ? ` --record-bytes ${recordBytes}` : "";
  // `--transitions` is of the hourly step alone.
  const states = stateMachines === 1 && transitions > 0 ? ` --transitions ${transitions}` : "";
  return [
    `  ${meters.join("; ")}`,
    `  at least $${usd.toFixed(4)} for calls, requests, transitions and queries; a month: streamlake cost${size}${states}`,
  ];
}
