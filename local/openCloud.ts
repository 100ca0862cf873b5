/** Opens a cloud in this process: every service, the endpoint, and handles to fill it, drive it and look at it. */
import { type Clock, skippingClock, systemClock } from "./cloud/clock";
import type { Cloud } from "./cloud/cloud";
import { createCloud } from "./cloud/createCloud";
import { CALLER } from "./cloud/iam/principal";
import type { Usage } from "./cloud/iam/usage";
import { seededRandom } from "./cloud/random";
import type { Service } from "./cloud/service";
import { type SwitchedClock, settlingClock, switchedClock } from "./cloud/settlingClock";
import { type FiredExecution, fireAndWait } from "./fireSchedules";
import { createLocalProvider, type LocalProvider } from "./program/provider";
import { Provisioner } from "./program/provision";
import { allServices } from "./services/allServices";
import type { LambdaService } from "./services/lambda/service";
import type { Fired, SchedulerService } from "./services/scheduler/service";

export interface OpenCloudOptions {
  /** @default "us-east-1" */
  readonly region?: string;
  /** Where the cloud keeps its files; made when it does not exist. */
  readonly dataDir: string;
  /** Of 127.0.0.1. @default 0: a free one */
  readonly port?: number;
  /** Of every random choice that services make. */
  readonly seed: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** The time of state machines. @default one that skips, so that waits, retries and polls take no time, until `startSchedules` */
  readonly workflowClock?: Clock;
  /** The Python whose PySpark runs Glue jobs, of `findSpark`. @default DuckDB runs them */
  readonly sparkPython?: string;
}

/** A cloud that runs here. */
export interface OpenCloud {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Where the cloud keeps its files. */
  readonly dataDir: string;
  /** Makes, changes and ends its resources, and knows what exists. */
  readonly provisioner: Provisioner;
  /** The same as the operations of a Pulumi provider. */
  readonly provider: LocalProvider;
  /** A service, `"kinesis"`, `"athena"`. Throws for an unknown name. */
  service(name: string): Service;
  /** Calls an operation as the caller, who may do everything: `call("states", "StartExecution", {…})`. */
  call(service: string, operation: string, input: object): Promise<unknown>;
  /** Resolves when every event source mapping has handed over what its stream holds; batch windows are not waited for. */
  drain(): Promise<void>;
  /** Fires every enabled schedule as of this time, and waits for the executions that it starts and that those start. */
  fireSchedules(scheduledTime: Date): Promise<FiredExecution[]>;
  /** From now on fires each enabled schedule by the clock, and state machines take their time, until `stop`. */
  startSchedules(onFired?: (fired: Fired) => void): void;
  /** Calls that were denied, and actions that were granted and never used. */
  usage(): Usage;
  /** Ends everything; the files stay. */
  stop(): Promise<void>;
}

const DEFAULT_REGION = "us-east-1";
const ACCOUNT_ID = "000000000000";

/** A cloud with nothing in it. */
export async function openCloud(options: OpenCloudOptions): Promise<OpenCloud> {
  const { region = DEFAULT_REGION, clock = systemClock, dataDir } = options;
  const cloud = createCloud({ region, accountId: ACCOUNT_ID, clock, random: seededRandom(options.seed), dataDir });
  try {
    const endpoint = await cloud.listen(options.port ?? 0);
    const skipping = settlingClock(skippingClock(clock), () => cloud.services());
    const workflowTime = switchedClock(options.workflowClock ?? skipping, options.workflowClock ?? clock);
    cloud.register(...allServices(cloud, workflowTime.clock, endpoint, options.sparkPython));
    return opened(cloud, endpoint, workflowTime);
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

function opened(cloud: Cloud, endpoint: string, workflowTime: SwitchedClock): OpenCloud {
  const scheduler = cloud.service("scheduler") as SchedulerService;
  const provisioner = new Provisioner(() => cloud.services());
  return {
    endpoint,
    region: cloud.region,
    accountId: cloud.accountId,
    dataDir: cloud.dataDir,
    provisioner,
    provider: createLocalProvider(cloud, provisioner),
    service: (name) => cloud.service(name),
    call: (service, operation, input) => cloud.call(CALLER, service, operation, input),
    drain: () => (cloud.service("lambda") as LambdaService).drainMappings(),
    fireSchedules: (scheduledTime) => fireAndWait(cloud, scheduledTime),
    startSchedules: (onFired) => {
      workflowTime.wait();
      scheduler.run(cloud.clock, onFired);
    },
    usage: () => cloud.usage(),
    stop: () => cloud.stop(),
  };
}
