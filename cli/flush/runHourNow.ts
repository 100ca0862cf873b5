/** Runs the hourly state machine up to an hour, follows its executions to the end, and reads from their histories what they did. */
import type { Hour } from "../../lake/hour";
import type { Clock } from "../../local/cloud/clock";
import { CommandError } from "../errors";

/** The calls to Step Functions, over the network or in this process. */
export interface Workflows {
  /** Starts the state machine; resolves to the execution's ARN. */
  start(input: string): Promise<string>;
  describe(executionArn: string): Promise<ExecutionEnd>;
  history(executionArn: string, nextToken: string | undefined): Promise<HistoryPage>;
}

interface ExecutionEnd {
  readonly status?: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

interface HistoryPage {
  readonly events?: readonly { readonly taskSucceededEventDetails?: { readonly output?: string } }[];
  readonly nextToken?: string;
}

/** A table's hour that was flattened and counted. */
export interface FlushedHour {
  readonly hour: Hour;
  readonly table: string;
  /** All rows of the hour, those of earlier runs included. */
  readonly rows: number;
}

export interface RunOptions {
  readonly hour: Hour;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly pollMillis: number;
  /** Called with the ARN of each execution that is waited for. */
  readonly onExecution?: (executionArn: string) => void;
}

/** @throws CommandError if an execution fails */
export async function runHourNow(workflows: Workflows, options: RunOptions): Promise<FlushedHour[]> {
  const { hour, clock, signal, pollMillis } = options;
  const flushed = new Map<string, FlushedHour>();
  for (;;) {
    let executionArn: string | undefined = await workflows.start(JSON.stringify({ hour }));
    let result = "";
    while (executionArn !== undefined) {
      options.onExecution?.(executionArn);
      const output = await ended(workflows, executionArn, options);
      for await (const one of flushedBy(workflows, executionArn)) flushed.set(`${one.hour}/${one.table}`, one);
      result = String(output.result ?? "");
      // The execution that holds the lease plans this hour, too.
      executionArn = typeof output.execution === "string" ? output.execution : undefined;
    }
    if (result !== "another execution goes on") break;
    await clock.sleep(pollMillis, signal);
  }
  return [...flushed.values()].sort((a, b) => (`${a.hour}/${a.table}` < `${b.hour}/${b.table}` ? -1 : 1));
}

async function ended(
  workflows: Workflows,
  executionArn: string,
  { clock, signal, pollMillis }: RunOptions,
): Promise<Record<string, unknown>> {
  for (;;) {
    const { status, output, error, cause } = await workflows.describe(executionArn);
    if (status === "SUCCEEDED") return JSON.parse(output ?? "{}") as Record<string, unknown>;
    if (status !== "RUNNING" && status !== "PENDING_REDRIVE") {
      const reason = [error, cause?.slice(0, 500)].filter(Boolean).join(": ");
      throw new CommandError(`streamlake flush: ${executionArn} ended as ${status}${reason && ` (${reason})`}`);
    }
    await clock.sleep(pollMillis, signal);
  }
}

/** The function that counts and seals an hour returns the counts of its tables. */
async function* flushedBy(workflows: Workflows, executionArn: string): AsyncGenerator<FlushedHour> {
  let nextToken: string | undefined;
  do {
    const page: HistoryPage = await workflows.history(executionArn, nextToken);
    for (const { taskSucceededEventDetails: details } of page.events ?? []) {
      const { Payload } = JSON.parse(details?.output ?? "{}") as { Payload?: Partial<Reconciled> | null };
      if (typeof Payload?.hour !== "string" || !Array.isArray(Payload.tables)) continue;
      for (const { table, rows } of Payload.tables) yield { hour: Payload.hour, table, rows };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

interface Reconciled {
  readonly hour: Hour;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
}
