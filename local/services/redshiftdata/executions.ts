/** The statements that were sent to the Data API: their state, their results on disk, and their turn in the namespace. */
import path from "node:path";
import type { Principal } from "../../cloud/iam/principal";
import { KeptRows } from "../../cloud/keptRows";
import { type CloudContext, ServiceError } from "../../cloud/service";
import type { Workgroup } from "../redshiftserverless/service";
import type { ColumnMetadata, Field } from "./results";
import type { Progress } from "./session";

type State = "SUBMITTED" | "PICKED" | "STARTED" | "FINISHED" | "FAILED" | "ABORTED";

export interface KeptSet {
  readonly columns: readonly ColumnMetadata[];
  readonly records: KeptRows<readonly Field[]>;
}

export interface SubStatement {
  readonly sql: string;
  state: State;
  startedMillis?: number;
  updatedMillis: number;
  error?: string;
  /** Absent for a statement without a result set. */
  result?: KeptSet;
  rows: number;
}

export interface StartInput {
  readonly workgroup: Workgroup;
  readonly database: string;
  readonly dbUser: string;
  readonly principal: Principal;
  readonly statements: readonly string[];
  readonly isBatch: boolean;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly format: "JSON" | "CSV";
  readonly name?: string;
  readonly secretArn?: string;
  readonly token?: string;
}

export interface Execution extends StartInput {
  readonly id: string;
  readonly number: number;
  readonly createdMillis: number;
  readonly parts: readonly SubStatement[];
  updatedMillis: number;
  state: State;
  error?: string;
  isCancelled: boolean;
}

/** Results are available for 24 hours: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html */
const KEPT_MILLIS = 24 * 3_600_000;
/** Of a ClientToken: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html, "Idempotency considerations" */
const TOKEN_MILLIS = 8 * 3_600_000;
const ENDED: ReadonlySet<State> = new Set(["FINISHED", "FAILED", "ABORTED"]);

export class Executions {
  readonly #executions = new Map<string, Execution>();
  readonly #stops = new Map<string, AbortController>();
  /** The last statement of each namespace: they run one after the other. */
  readonly #queues = new Map<string, Promise<void>>();
  #count = 0;

  constructor(
    private readonly cloud: CloudContext,
    private readonly nextId: () => string,
    private readonly work: (execution: Execution, progress: Progress, signal: AbortSignal) => Promise<void>,
  ) {}

  /** Returns the earlier execution for a token that it was started with. */
  start(input: StartInput): Execution {
    const now = this.cloud.clock.now();
    const again = this.all().find(
      ({ token, createdMillis }) => token !== undefined && token === input.token && now - createdMillis < TOKEN_MILLIS,
    );
    if (again) return again;
    const execution: Execution = {
      ...input,
      id: this.nextId(),
      number: ++this.#count,
      createdMillis: now,
      updatedMillis: now,
      state: "SUBMITTED",
      isCancelled: false,
      parts: input.statements.map((sql) => ({
        sql,
        state: "SUBMITTED",
        updatedMillis: now,
        rows: -1,
      })),
    };
    this.#executions.set(execution.id, execution);
    const { file } = input.workgroup.namespace;
    const former = this.#queues.get(file) ?? Promise.resolve();
    this.#queues.set(
      file,
      former.then(() => this.#run(execution)),
    );
    return execution;
  }

  all(): Execution[] {
    const oldest = this.cloud.clock.now() - KEPT_MILLIS;
    return [...this.#executions.values()].filter(({ createdMillis }) => createdMillis > oldest);
  }

  /** An execution and the number of its statement, from an id such as `d9b6…:2`. */
  find(id: string): { readonly execution: Execution; readonly part: number | undefined } {
    const [whole = "", part] = id.split(":");
    const execution = this.all().find((one) => one.id === whole);
    const number = part === undefined ? undefined : Number(part);
    const isThere = number === undefined || execution?.parts[number - 1] !== undefined;
    if (execution && isThere) return { execution, part: number };
    throw new ServiceError("ResourceNotFoundException", "Query does not exist.");
  }

  /** False for an execution that has ended. */
  cancel(execution: Execution): boolean {
    if (ENDED.has(execution.state)) return false;
    execution.isCancelled = true;
    this.#stops.get(execution.id)?.abort();
    if (execution.state === "SUBMITTED") this.#to(execution, "ABORTED");
    return true;
  }

  /** Waits until no statement is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  async stopAll(): Promise<void> {
    for (const execution of this.#executions.values()) this.cancel(execution);
    await this.idle();
  }

  async #run(execution: Execution): Promise<void> {
    if (execution.isCancelled) return;
    const stop = new AbortController();
    this.#stops.set(execution.id, stop);
    this.#to(execution, "STARTED");
    const partAt = (index: number) => execution.parts[index] as SubStatement;
    const change = (index: number, changes: Partial<SubStatement>) =>
      Object.assign(partAt(index), changes, { updatedMillis: this.cloud.clock.now() });
    try {
      await this.work(
        execution,
        {
          started: (index) => change(index, { state: "STARTED", startedMillis: this.cloud.clock.now() }),
          finished: (index, { set, rows }) => {
            const result = set && {
              columns: set.columns,
              records: new KeptRows(this.#file(execution, index + 1), set.records),
            };
            change(index, { state: "FINISHED", rows, ...(result && { result }) });
          },
          failed: (index, error) => {
            const words = error instanceof Error ? error.message : String(error);
            execution.error = execution.isCancelled ? "Query was cancelled by user." : words;
            change(index, { state: execution.isCancelled ? "ABORTED" : "FAILED", error: execution.error });
            for (const part of execution.parts.slice(index + 1)) part.state = "ABORTED";
          },
        },
        stop.signal,
      );
    } catch (error) {
      execution.error = error instanceof Error ? error.message : String(error);
    }
    this.#stops.delete(execution.id);
    const state = execution.error === undefined ? "FINISHED" : execution.isCancelled ? "ABORTED" : "FAILED";
    this.#to(execution, state);
  }

  #to(execution: Execution, state: State): void {
    execution.state = state;
    execution.updatedMillis = this.cloud.clock.now();
  }

  #file(execution: Execution, part: number): string {
    return path.join(this.cloud.dataDir, "redshift", "results", `${execution.id}-${part}.json`);
  }
}
