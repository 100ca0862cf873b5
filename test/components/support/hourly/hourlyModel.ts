/**
 * The hourly workflow over time: its definition run by local's Step Functions, its own functions, and job runs and crawls that
 * take time on one clock, beside each other. Every change of the Parquet objects is checked as a query would see it.
 */
import { hourlyWorkflow } from "../../../../components/hourly/workflow";
import type { ObjectStore } from "../../../../functions/effects/objectStore";
import { createPlanHours } from "../../../../functions/planHours";
import { createReconcile } from "../../../../functions/reconcile";
import type { Column, ColumnType } from "../../../../lake/columns";
import { type Hour, partitionPath } from "../../../../lake/hour";
import { leaseKey, readLease } from "../../../../lake/hourly/lease";
import { JOB_STARTED, jobReportKey } from "../../../../lake/hourly/ledger";
import { readTableColumns, tableColumnsKey, widerColumns } from "../../../../lake/hourly/widening";
import { objectKey } from "../../../../lake/objectKey";
import { Metrics } from "../../../../local/cloud/metrics/metrics";
import { type CloudContext, ServiceError } from "../../../../local/cloud/service";
import { Crawlers } from "../../../../local/services/glue/crawlers";
import { JobRuns } from "../../../../local/services/glue/jobRuns";
import { crawlerOperations, jobOperations } from "../../../../local/services/glue/operations";
import type { GlueState } from "../../../../local/services/glue/resources";
import type { Execution } from "../../../../local/services/stepFunctions/execution";
import { stepFunctionsService } from "../../../../local/services/stepFunctions/service";
import { parquetOf } from "../../../functions/support/parquet";
import { type VirtualClock, virtualClock } from "./virtualClock";

export const MINUTE = 60_000;
const TABLE = "records";
const PREFIXES = { raw: "raw/", parquet: "parquet-output/", ledger: "ledger/" };
const MAX_ROWS = 16;

export interface ModelOptions {
  readonly startMillis: number;
  readonly random: () => number;
  readonly lookbackHours: number;
  readonly concurrentJobs: number;
  readonly hoursPerPass: number;
  /** Events in a history from which on an execution hands over. */
  readonly handOverEvents: number;
  readonly hasCrawler: boolean;
  /** Milliseconds that a job run takes. */
  readonly jobMillis: () => number;
  /** Whether a job run fails, and after which part of its work. */
  readonly jobFails?: () => "reading" | "writing" | undefined;
  /** Whether a call of a function fails for a reason that is Lambda's own: before the function runs, or while it runs on. */
  readonly callFails?: () => "before" | "while" | undefined;
  /** Whether the answer to a conditional write gets lost, so that the SDK's second try finds the object changed. */
  readonly losesAnswer?: () => boolean;
  /** Milliseconds for which DescribeExecution does not know of a start or an end. */
  readonly describeLagMillis?: () => number;
  /** Milliseconds that a request to S3 takes. */
  readonly requestMillis?: () => number;
  /** Milliseconds that a function takes beside its requests. */
  readonly functionMillis?: () => number;
}

/** Row counts → Parquet of so many rows; its footer alone is read. */
export async function parquetSamples(): Promise<ReadonlyMap<number, Buffer>> {
  const samples = new Map<number, Buffer>();
  for (let rows = 0; rows <= MAX_ROWS; rows += 1) samples.set(rows, await parquetOf(rows));
  return samples;
}

interface Landed {
  readonly ids: readonly string[];
  readonly type: ColumnType;
}

export class HourlyModel {
  readonly clock: VirtualClock;
  /** What a query, or the lake's owner, must never see: one sentence each. */
  readonly problems: string[] = [];
  readonly published: string[] = [];
  /** Hours of each job run, in the order of their starts. */
  readonly runs: Hour[] = [];
  jobRunsEnded = 0;
  /** When the last job run ended. */
  lastRunMillis = 0;
  /** Hours in the catalog after the last crawl. */
  cataloged = new Set<Hour>();
  private readonly objects = new Map<string, { body: Uint8Array; version: number; modifiedMillis: number }>();
  private readonly landed = new Map<string, Landed>();
  private readonly parquetIds = new Map<string, readonly string[]>();
  private readonly underWay = new Map<Hour, string>();
  private readonly stepFunctions: ReturnType<typeof stepFunctionsService>;
  private readonly jobs: JobRuns;
  private readonly machineArns: string[] = [];
  private versions = 0;
  private sequence = 0;
  private starts = 0;

  private constructor(
    private readonly options: ModelOptions,
    private readonly samples: ReadonlyMap<number, Buffer>,
  ) {
    this.clock = virtualClock(options.startMillis);
    const jobs = new JobRuns(this.clock, (_job, runArguments) => this.flatten(String(runArguments["--HOUR"])));
    this.jobs = jobs;
    const crawlers = new Crawlers(this.clock, () => this.crawl());
    crawlers.add({
      name: "crawler",
      role: "arn:crawler",
      databaseName: "lake",
      targets: [],
      tablePrefix: "",
      updateBehavior: "UPDATE_IN_DATABASE",
    });
    const store = this.store();
    const plan = createPlanHours({ ...options, prefixes: PREFIXES, workflow: "etl" }, { store });
    const reconcile = createReconcile({ prefixes: PREFIXES }, { store });
    const cloud = {
      region: "us-east-1",
      accountId: "123456789012",
      clock: this.clock,
      random: options.random,
      metrics: new Metrics(this.clock),
      service: () => ({ assume: () => ({}) }),
      call: async (_role: unknown, service: string, operation: string, input: object) => {
        if (service === "lambda") return this.invoke(input, { plan, reconcile });
        if (service === "sns") {
          this.published.push(String((input as { Message: string }).Message));
          return { MessageId: "1" };
        }
        if (operation === "DescribeExecution") return this.describe((input as { executionArn: string }).executionArn);
        const operations = service === "glue" ? glue : this.stepFunctions.operations;
        const found = operations[operation] as unknown as { run(input: object, context: object): Promise<unknown> };
        return found.run(input, {});
      },
    } as unknown as CloudContext;
    const state = { jobs, crawlers } as unknown as GlueState;
    const glue = { ...jobOperations(cloud, state), ...crawlerOperations(cloud, state) };
    this.stepFunctions = stepFunctionsService(cloud, this.clock);
  }

  static async open(options: ModelOptions, samples: ReadonlyMap<number, Buffer>): Promise<HourlyModel> {
    const model = new HourlyModel(options, samples);
    await model.deploy();
    return model;
  }

  /**
   * Creates the state machine and its job, later ones under new names, as a replacement does. Job runs of the earlier job
   * continue, and its name does not list them any more.
   */
  async deploy(): Promise<void> {
    const { options } = this;
    const number = this.machineArns.length + 1;
    this.jobs.put({
      name: `job-${number}`,
      role: "arn:job",
      scriptLocation: "s3://lake/job",
      defaultArguments: {},
      maxConcurrentRuns: options.concurrentJobs,
    });
    const definition = hourlyWorkflow({
      planFunctionArn: "arn:plan",
      reconcileFunctionArn: "arn:reconcile",
      jobName: `job-${number}`,
      ...(options.hasCrawler && { crawlerName: "crawler" }),
      topicArn: "arn:topic",
      concurrentJobs: options.concurrentJobs,
      retryAttempts: 2,
      jobTimeoutMinutes: 60,
      crawlerPollSeconds: 30,
      crawlerTimeoutMinutes: 60,
      handOverEvents: options.handOverEvents,
      functionTimeoutSeconds: 900,
    });
    const made = await this.machines.create({
      type: "aws:sfn/stateMachine:StateMachine",
      name: "workflow",
      inputs: { name: `workflow-${number}`, roleArn: "arn:role", definition: JSON.stringify(definition) },
    } as never);
    this.machineArns.push(String(made?.outputs.arn));
  }

  /** Deletes the machine before the present one, as the end of a replacement does; it stops its executions. */
  async deleteReplaced(): Promise<void> {
    const replaced = this.machineArns.at(-2);
    if (replaced !== undefined) await this.machines.delete?.(replaced, {} as never);
  }

  /** Starts the workflow, and lets its first states run. */
  start(input: object): void {
    const call = this.stepFunctions.operations.StartExecution as unknown as { run(input: object): unknown };
    const name = `start-${++this.starts}`;
    call.run({ stateMachineArn: this.machineArns.at(-1), name, input: JSON.stringify(input) });
  }

  private get machines() {
    const machine = this.stepFunctions.resources["aws:sfn/stateMachine:StateMachine"];
    if (!machine) throw new Error("local has no state machines");
    return machine;
  }

  /** DescribeExecution, which is eventually consistent: of late starts and ends it does not know yet. */
  private describe(arn: string) {
    const lag = this.options.describeLagMillis?.() ?? 0;
    const { status, startDate, stopDate, stateMachineArn, name } = this.stepFunctions.execution(arn);
    const now = this.clock.now();
    if (lag > 0 && now - startDate.getTime() < lag) {
      throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    }
    const isRunning = stopDate !== undefined && lag > 0 && now - stopDate.getTime() < lag;
    const summary = { executionArn: arn, stateMachineArn, name, startDate };
    return isRunning ? { ...summary, status: "RUNNING" } : { ...summary, status, stopDate };
  }

  executions(): readonly Execution[] {
    return this.stepFunctions.executions();
  }

  /** Lands an object in an hour, as a router does. */
  land(hour: Hour, rows: number, type: ColumnType = "bigint"): void {
    const first = ++this.sequence;
    this.sequence += rows;
    const shard = "shardId-000000000000";
    const key = objectKey(PREFIXES.raw, TABLE, hour, {
      shard,
      first: String(first),
      last: String(this.sequence - 1),
      count: rows,
    });
    const ids = Array.from({ length: rows }, (_, index) => `${hour}/${first + index}`);
    this.landed.set(key, { ids, type });
    this.write(key, Buffer.from(""));
  }

  /** Checks what must hold once nothing is under way. */
  checkEnd(): void {
    for (const hour of new Set([...this.landed.values()].map(({ ids }) => (ids[0] as string).split("/")[0] as Hour))) {
      const wanted = this.idsOf(this.rawKeys(hour).flatMap((key) => this.landed.get(key)?.ids ?? []));
      const found = this.idsOf(this.parquetKeys(hour).flatMap((key) => this.parquetIds.get(key) ?? []));
      if (wanted !== found) this.problems.push(`hour ${hour} holds ${found}; its raw rows are ${wanted}`);
      const table = this.tableColumns();
      const type = this.typeOfHour(hour);
      if (table[0]?.type !== type) this.problems.push(`hour ${hour} is of ${type}, the table of ${table[0]?.type}`);
      if (this.options.hasCrawler && !this.cataloged.has(hour)) this.problems.push(`hour ${hour} is not cataloged`);
    }
    const key = leaseKey(PREFIXES.ledger, "etl");
    const lease = readLease(key, this.objects.get(key)?.body as Uint8Array);
    if (lease.holder !== null) this.problems.push(`the lease is held by ${lease.holder}`);
  }

  private idsOf(ids: readonly string[]): string {
    return [...ids].sort().join();
  }

  /** One job run, as Spark does it: reads all, deletes what is there, writes objects under new names, reports. */
  private async flatten(hour: Hour): Promise<void> {
    const run = `run-${this.runs.push(hour)}`;
    const other = this.underWay.get(hour);
    if (other) this.problems.push(`hour ${hour} is flattened by ${run} and ${other} at once`);
    this.underWay.set(hour, run);
    try {
      const fails = this.options.jobFails?.();
      const millis = this.options.jobMillis();
      await this.clock.sleep(millis / 3);
      const keys = this.rawKeys(hour);
      const known = this.tableColumns();
      await this.clock.sleep(millis / 3);
      if (fails === "reading") throw new Error("out of memory");
      const own = keys.map((key): Column[] => [{ name: "a", type: (this.landed.get(key) as Landed).type }]);
      const columns = [known, ...own].reduce<Column[]>((all, one) => widerColumns(all, one), []);
      const ids = keys.flatMap((key) => this.landed.get(key)?.ids ?? []);
      const report = jobReportKey(PREFIXES.ledger, TABLE, hour);
      this.write(report, Buffer.from(JOB_STARTED));
      for (const key of this.parquetKeys(hour)) {
        await this.clock.sleep(millis / 30);
        this.remove(key);
      }
      const half = Math.ceil(ids.length / 2);
      for (const [index, part] of [ids.slice(0, half), ids.slice(half)].entries()) {
        await this.clock.sleep(millis / 30);
        if (index === 1 && fails === "writing") throw new Error("lost a worker");
        this.writeParquet(`${PREFIXES.parquet}${TABLE}/${partitionPath(hour)}/part-${index}-${run}.parquet`, part);
      }
      await this.clock.sleep(millis / 30);
      this.write(report, Buffer.from(JSON.stringify({ objects: keys, rows: ids.length, columns, failedCasts: 0 })));
      this.jobRunsEnded += 1;
    } finally {
      this.underWay.delete(hour);
      this.lastRunMillis = this.clock.now();
    }
  }

  private async crawl(): Promise<void> {
    const found = [...this.parquetIds.keys()].map((key) => /dt=(.*?)\/hour=(..)/.exec(key));
    await this.clock.sleep(2 * MINUTE);
    this.cataloged = new Set(found.map((parts) => `${parts?.[1]}T${parts?.[2]}`));
  }

  private async invoke(
    input: object,
    handlers: { plan: (input: unknown) => Promise<unknown>; reconcile: (input: unknown) => Promise<unknown> },
  ): Promise<object> {
    const { FunctionName, Payload } = input as { FunctionName: string; Payload: Buffer };
    const fails = this.options.callFails?.();
    if (fails === "before") throw new ServiceError("TooManyRequestsException", "Rate Exceeded", 429);
    const handler = FunctionName === "arn:plan" ? handlers.plan : handlers.reconcile;
    if (fails === "while") {
      const isOver = this.clock.sleep(this.options.functionMillis?.() ?? 0);
      isOver.then(() => handler(JSON.parse(String(Payload)))).catch(() => "nobody waits for it");
      throw new ServiceError("ServiceException", "the connection was lost", 500);
    }
    await this.clock.sleep(this.options.functionMillis?.() ?? 0);
    try {
      const answer = await handler(JSON.parse(String(Payload)));
      return { StatusCode: 200, Payload: JSON.stringify(answer) };
    } catch (error) {
      const { name, message } = error as Error;
      const failure = JSON.stringify({ errorType: name, errorMessage: message });
      return { StatusCode: 200, FunctionError: "Unhandled", Payload: failure };
    }
  }

  private store(): Pick<
    ObjectStore,
    "get" | "getVersion" | "getRange" | "list" | "listFolders" | "put" | "putIfUnchanged"
  > {
    const { objects } = this;
    const request = async <Result>(run: () => Result): Promise<Result> => {
      const millis = this.options.requestMillis?.() ?? 0;
      if (millis > 0) await this.clock.sleep(millis);
      return run();
    };
    return {
      get: (key) => request(() => objects.get(key)?.body),
      getVersion: (key) =>
        request(() => {
          const found = objects.get(key);
          return found && { body: found.body, version: String(found.version) };
        }),
      getRange: (key, start, end) =>
        request(() => {
          const found = objects.get(key);
          if (!found) throw new Error(`no object "${key}"`);
          return found.body.subarray(start, end);
        }),
      put: (key, body) => request(() => this.write(key, body)),
      putIfUnchanged: (key, body, version) =>
        request(() => {
          const found = objects.get(key);
          if ((found && String(found.version)) !== version) return false;
          this.write(key, body);
          return !this.options.losesAnswer?.();
        }),
      list: (prefix) => this.listed(prefix, request),
      async *listFolders() {
        yield `${PREFIXES.raw}${TABLE}/`;
      },
    };
  }

  private async *listed(prefix: string, request: <Result>(run: () => Result) => Promise<Result>) {
    const keys = await request(() => this.keysBelow(prefix));
    for (const key of keys) {
      const found = this.objects.get(key);
      if (found) yield { key, size: found.body.length, modifiedMillis: Math.floor(found.modifiedMillis / 1000) * 1000 };
    }
  }

  private keysBelow(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  private rawKeys(hour: Hour): string[] {
    return this.keysBelow(`${PREFIXES.raw}${TABLE}/${partitionPath(hour)}/`);
  }

  private parquetKeys(hour: Hour): string[] {
    return this.keysBelow(`${PREFIXES.parquet}${TABLE}/${partitionPath(hour)}/`);
  }

  private tableColumns(): readonly Column[] {
    const key = tableColumnsKey(PREFIXES.ledger, TABLE);
    const found = this.objects.get(key);
    return found ? readTableColumns(key, found.body).columns : [];
  }

  private typeOfHour(hour: Hour): string | undefined {
    const body = this.objects.get(jobReportKey(PREFIXES.ledger, TABLE, hour))?.body;
    return body && (JSON.parse(String(body)) as { columns?: Column[] }).columns?.[0]?.type;
  }

  private write(key: string, body: Uint8Array): void {
    this.objects.set(key, { body, version: ++this.versions, modifiedMillis: this.clock.now() });
  }

  private writeParquet(key: string, ids: readonly string[]): void {
    this.write(key, this.samples.get(ids.length) as Buffer);
    this.parquetIds.set(key, ids);
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    const all = this.keysBelow(folder).flatMap((each) => this.parquetIds.get(each) ?? []);
    if (new Set(all).size !== all.length) this.problems.push(`a query of ${folder} sees rows twice`);
  }

  private remove(key: string): void {
    this.objects.delete(key);
    this.parquetIds.delete(key);
  }
}
