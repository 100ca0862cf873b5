/** Runs query executions; keeps their results on disk and writes the CSV to the workgroup's output location. */
import path from "node:path";
import { parseFolder } from "../../catalog/location";
import type { Principal } from "../../cloud/iam/principal";
import { KeptRows } from "../../cloud/keptRows";
import { type CloudContext, ServiceError } from "../../cloud/service";
import { AthenaError } from "./athenaError";
import type { QueryResult } from "./query";
import type { Workgroup } from "./workgroups";

type ExecutionState = "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

interface StartInput {
  readonly sql: string;
  readonly database: string;
  readonly workgroup: Workgroup;
  /** `s3://bucket/prefix/` */
  readonly outputLocation: string;
  readonly principal: Principal;
  readonly token?: string;
}

export interface Execution extends StartInput {
  readonly id: string;
  readonly submittedMillis: number;
  state: ExecutionState;
  reason?: string;
  completedMillis?: number;
  kind: QueryResult["kind"];
  scannedBytes: number;
}

type Row = QueryResult["rows"][number];

interface KeptResult {
  readonly columns: QueryResult["columns"];
  /** With the header row of a SELECT. */
  readonly rows: KeptRows<Row>;
}

export class Executions {
  readonly #executions = new Map<string, Execution>();
  readonly #results = new Map<string, KeptResult>();
  readonly #stops = new Map<string, AbortController>();
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly cloud: CloudContext,
    private readonly nextId: () => string,
    private readonly work: (execution: Execution, signal: AbortSignal) => Promise<QueryResult>,
  ) {}

  /** Returns the earlier execution when its token is repeated. */
  start(input: StartInput): Execution {
    const again = [...this.#executions.values()].find(({ token }) => token !== undefined && token === input.token);
    if (again) return again;
    const execution: Execution = {
      ...input,
      id: this.nextId(),
      submittedMillis: this.cloud.clock.now(),
      state: "RUNNING",
      kind: /^\s*(show|desc)/i.test(input.sql) ? "UTILITY" : "DML",
      scannedBytes: 0,
    };
    this.#executions.set(execution.id, execution);
    this.#underWay.set(execution.id, this.#run(execution));
    return execution;
  }

  get(id: string): Execution {
    const execution = this.#executions.get(id);
    if (!execution) throw new ServiceError("InvalidRequestException", `QueryExecution ${id} was not found`);
    return execution;
  }

  /** The executions of a workgroup, newest first. */
  of(workgroup: string): Execution[] {
    return [...this.#executions.values()].filter((execution) => execution.workgroup.name === workgroup).reverse();
  }

  /** Stops the queries of a workgroup and removes them. */
  async removeOf(workgroup: string): Promise<void> {
    const own = this.of(workgroup).map(({ id }) => id);
    for (const id of own) this.stop(id);
    await Promise.all(own.map((id) => this.ended(id)));
    for (const id of own) {
      this.#executions.delete(id);
      this.#results.delete(id);
    }
  }

  result(id: string): KeptResult {
    const { state } = this.get(id);
    if (state === "QUEUED" || state === "RUNNING") {
      throw new ServiceError("InvalidRequestException", `Query has not yet finished. Current state: ${state}`);
    }
    if (state !== "SUCCEEDED") {
      throw new ServiceError(
        "InvalidRequestException",
        `Query did not finish successfully. Final query state: ${state}`,
      );
    }
    return this.#results.get(id) as KeptResult;
  }

  /** Cancels a running query; a query that has ended does not change. */
  stop(id: string): void {
    const execution = this.get(id);
    if (execution.state === "RUNNING") this.#end(execution, "CANCELLED", "Query cancelled by user");
    this.#stops.get(id)?.abort();
  }

  /** Waits until the query has ended. */
  async ended(id: string): Promise<void> {
    await this.#underWay.get(id);
  }

  /** Stops all running queries and waits until they have ended. */
  async stopAll(): Promise<void> {
    for (const id of this.#underWay.keys()) this.stop(id);
    await Promise.all(this.#underWay.values());
  }

  async #run(execution: Execution): Promise<void> {
    const stop = new AbortController();
    this.#stops.set(execution.id, stop);
    try {
      const result = await this.work(execution, stop.signal);
      if (execution.state !== "RUNNING") return;
      await this.#keep(execution, result);
      this.#end(execution, "SUCCEEDED");
    } catch (error) {
      if (execution.state === "RUNNING") this.#end(execution, "FAILED", messageOf(error));
    } finally {
      this.#stops.delete(execution.id);
      this.#underWay.delete(execution.id);
    }
  }

  async #keep(execution: Execution, result: QueryResult): Promise<void> {
    execution.kind = result.kind;
    execution.scannedBytes = result.scannedBytes;
    const rows = rowsOf(result);
    const kept = new KeptRows(path.join(this.cloud.dataDir, "athena", `${execution.id}.json`), rows);
    this.#results.set(execution.id, { columns: result.columns, rows: kept });
    const { bucket, prefix } = parseFolder(execution.outputLocation);
    const Key = `${prefix}${resultName(execution)}`;
    await this.cloud.call(execution.principal, "s3", "PutObject", {
      Bucket: bucket,
      Key,
      Body: Buffer.from(resultText(result.kind, rows)),
    });
  }

  #end(execution: Execution, state: ExecutionState, reason?: string): void {
    execution.state = state;
    execution.completedMillis = this.cloud.clock.now();
    if (reason !== undefined) execution.reason = reason;
    if (execution.workgroup.isMeasured) this.#publish(execution, execution.completedMillis);
  }

  /** https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html */
  #publish({ state, kind, workgroup, scannedBytes, submittedMillis }: Execution, completedMillis: number): void {
    const dimensions = { QueryState: state, QueryType: kind, WorkGroup: workgroup.name };
    const publish = this.cloud.metrics.publisher("AWS/Athena", dimensions);
    publish("ProcessedBytes", scannedBytes, "Bytes");
    publish("TotalExecutionTime", completedMillis - submittedMillis, "Milliseconds");
  }
}

/** `<id>.csv`, or `<id>.txt` for SHOW and DESCRIBE. */
export function resultName(execution: Execution): string {
  return `${execution.id}.${execution.kind === "DML" ? "csv" : "txt"}`;
}

function messageOf(error: unknown): string {
  if (error instanceof AthenaError) return error.message;
  if (error instanceof ServiceError) return `${error.code}: ${error.message}`;
  return `GENERIC_INTERNAL_ERROR: ${error instanceof Error ? error.message : String(error)}`;
}

/** A SELECT has a header row. */
function rowsOf({ kind, columns, rows }: QueryResult): readonly Row[] {
  return kind === "DML" ? [columns.map(({ Name }) => Name), ...rows] : rows;
}

/**
 * A SELECT gives CSV: every value is quoted, a null is empty.
 * SHOW and DESCRIBE give one line per row, with tabs between the values.
 */
function resultText(kind: QueryResult["kind"], rows: readonly Row[]): string {
  if (kind === "UTILITY") return rows.map((row) => `${row.map((value) => value ?? "").join("\t")}\n`).join("");
  return rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

function quoted(value: string | null): string {
  return value === null ? "" : `"${value.replaceAll('"', '""')}"`;
}
