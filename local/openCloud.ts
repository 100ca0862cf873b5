/** Opens a cloud in this process: every service, the endpoint, and handles to provision, drive and inspect it. */
import { type Clock, skippingClock, systemClock } from "./cloud/clock";
import type { Cloud } from "./cloud/cloud";
import { createCloud } from "./cloud/createCloud";
import type { VisitHandler } from "./cloud/endpoint/visit";
import { CALLER } from "./cloud/iam/principal";
import type { Usage } from "./cloud/iam/usage";
import { MINUTE } from "./cloud/metrics/metrics";
import { seededRandom } from "./cloud/random";
import type { Service } from "./cloud/service";
import { type SwitchedClock, settlingClock, switchedClock } from "./cloud/settlingClock";
import { type FiredExecution, fireAndWait } from "./fireSchedules";
import { createLocalProvider, type LocalProvider } from "./program/provider";
import { Provisioner } from "./program/provision";
import { allServices } from "./services/allServices";
import type { Alarm, CloudWatchService } from "./services/cloudwatch/service";
import type { FirehoseService } from "./services/firehose/service";
import type { LambdaService } from "./services/lambda/service";
import type { Fired, SchedulerService } from "./services/scheduler/service";
import type { StartExecutionInput, StepFunctionsService } from "./services/stepFunctions/service";

export interface OpenCloudOptions {
  /** @default "us-east-1" */
  readonly region?: string;
  /** The directory of the cloud's files; created if it does not exist. */
  readonly dataDir: string;
  /** Port on 127.0.0.1. @default 0: a free one */
  readonly port?: number;
  /** The seed of all random numbers of the services. */
  readonly seed: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** The clock of state machines. @default until `startSchedules` one on which waits, retries and polls take no time */
  readonly workflowClock?: Clock;
  /**
   * Everything that AWS does at least once happens at least twice: each batch of each event source mapping succeeds twice, cut in
   * other pieces by the seed; delivery streams deliver each row twice; schedules call their targets twice, and the executions that
   * they start overlap. @default false
   */
  readonly redeliver?: boolean;
  /** The Python whose PySpark runs Glue jobs, from `findSpark`. @default none: DuckDB runs them */
  readonly sparkPython?: string;
}

/** A running cloud. */
export interface OpenCloud {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** The directory of the cloud's files. */
  readonly dataDir: string;
  /** Creates, updates and deletes resources, and lists those that exist. */
  readonly provisioner: Provisioner;
  /** The provisioner as the operations of a Pulumi provider. */
  readonly provider: LocalProvider;
  /** A service by name: `"kinesis"`, `"athena"`. Throws for an unknown name. */
  service(name: string): Service;
  /** Calls an operation as the caller, who may do everything: `call("states", "StartExecution", {…})`. */
  call(service: string, operation: string, input: object): Promise<unknown>;
  /**
   * Resolves when every event source mapping and every Firehose delivery stream has delivered all records of its stream; batch
   * windows and buffers are not waited for.
   */
  drain(): Promise<void>;
  /** Fires every enabled schedule as of this time, and waits for all executions that this starts. */
  fireSchedules(scheduledTime: Date): Promise<FiredExecution[]>;
  /** From now on until `stop`, fires each schedule and evaluates alarms by the clock, and state machines really wait. */
  startSchedules(onFired?: (fired: Fired) => void): void;
  /** Evaluates the alarms at the end of each minute since the last evaluation, the current minute included. */
  evaluateAlarms(): readonly Alarm[];
  /** Starts a state machine now; its waits, retries and polls take no time. Resolves to the execution's ARN. */
  startNow(input: StartExecutionInput): Promise<string>;
  /** From now on, answers `GET /` of browsers, and requests below `CONTROL_PATH`. */
  onVisit(handler: VisitHandler): void;
  /** Denied calls, and granted actions that no call used. */
  usage(): Usage;
  /** The number of allowed calls by action, `"s3:PutObject"`. */
  calls(): Readonly<Record<string, number>>;
  /** Stops everything; the files remain. */
  stop(): Promise<void>;
}

const DEFAULT_REGION = "us-east-1";
const ACCOUNT_ID = "000000000000";

/** Opens a cloud without resources. */
export async function openCloud(options: OpenCloudOptions): Promise<OpenCloud> {
  const { region = DEFAULT_REGION, clock = systemClock, dataDir, redeliver = false } = options;
  const random = seededRandom(options.seed);
  const cloud = createCloud({ region, accountId: ACCOUNT_ID, clock, random, dataDir, redeliver });
  try {
    const endpoint = await cloud.listen(options.port ?? 0);
    const skipping = settlingClock(skippingClock(clock), () => cloud.services());
    const workflowTime = switchedClock(options.workflowClock ?? skipping, options.workflowClock ?? clock);
    cloud.register(...allServices(cloud, workflowTime.clock, endpoint, options.sparkPython));
    return opened(cloud, endpoint, workflowTime, skipping);
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

function opened(cloud: Cloud, endpoint: string, workflowTime: SwitchedClock, skipping: Clock): OpenCloud {
  const stepFunctions = cloud.service("states") as StepFunctionsService;
  const scheduler = cloud.service("scheduler") as SchedulerService;
  const cloudwatch = cloud.service("cloudwatch") as CloudWatchService;
  const provisioner = new Provisioner(() => cloud.services());
  let haveSchedulesRun = false;
  // Before the first call, nothing is started, and no alarm may miss it.
  const beginSchedules = () => {
    if (!haveSchedulesRun) cloudwatch.watchFrom(cloud.clock.now());
    haveSchedulesRun = true;
  };
  return {
    endpoint,
    region: cloud.region,
    accountId: cloud.accountId,
    dataDir: cloud.dataDir,
    provisioner,
    provider: createLocalProvider(cloud, provisioner),
    service: (name) => cloud.service(name),
    call: (service, operation, input) => cloud.call(CALLER, service, operation, input),
    drain: async () => {
      await (cloud.service("lambda") as LambdaService).drainMappings();
      // After the mappings, because their functions may write to streams.
      await (cloud.service("firehose") as FirehoseService).drainDeliveries();
    },
    fireSchedules: (scheduledTime) => {
      beginSchedules();
      return fireAndWait(cloud, scheduledTime);
    },
    startSchedules: (onFired) => {
      beginSchedules();
      workflowTime.wait();
      cloudwatch.run();
      scheduler.run(cloud.clock, onFired);
    },
    evaluateAlarms() {
      // Without alarms, nobody waits for the logs to be read.
      if (cloudwatch.alarms().length === 0) return [];
      cloudwatch.evaluateUntil((Math.floor(cloud.clock.now() / MINUTE) + 1) * MINUTE);
      return cloudwatch.alarms();
    },
    startNow: async (input) => stepFunctions.start(input, skipping).arn,
    onVisit: (handler) => cloud.onVisit(handler),
    usage: () => cloud.usage(),
    calls: () => cloud.calls(),
    stop: () => cloud.stop(),
  };
}
