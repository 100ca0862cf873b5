/** Starts a program in this process: every resource made, the endpoint open, and handles to drive it and look at it. */
import { type Clock, skippingClock, systemClock } from "./clock";
import { type Cloud, createCloud } from "./cloud";
import { evaluate } from "./evaluate";
import { type FiredExecution, fireAndWait } from "./fireSchedules";
import { CALLER } from "./iam/principal";
import type { Usage } from "./iam/usage";
import { providerFunctions } from "./providerFunctions";
import { type LocalResource, provision } from "./provision";
import { seededRandom } from "./random";
import type { Service } from "./service";
import { allServices } from "./services";
import type { LambdaService } from "./services/lambda";
import type { Fired, SchedulerService } from "./services/scheduler";
import { type SwitchedClock, settlingClock, switchedClock } from "./settlingClock";

export interface StartLocalOptions {
  /** The Pulumi program; what it returns are the stack's outputs. It is called once, after Pulumi's runtime is set up. */
  readonly program: () => unknown;
  /** The project's name in `Pulumi.yaml`. */
  readonly project: string;
  readonly stack: string;
  /** The stack's config by full key: `"aws:region"`, `"<project>:batchSize"`. */
  readonly config: Readonly<Record<string, string>>;
  /** Where the run keeps its files; made when it does not exist. */
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
  /** Told of each resource once it is made. */
  readonly onResource?: (resource: LocalResource) => void;
}

/** A program that runs here. */
export interface LocalCloud {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Where the run keeps its files. */
  readonly dataDir: string;
  /** In the order in which they were made; components among them. */
  readonly resources: readonly LocalResource[];
  /** The stack's outputs, plain. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** A service of the run, `"kinesis"`, `"athena"`. Throws for an unknown name. */
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

/**
 * @throws Error naming resource, type and property of the first thing that cannot run here, or the program's own error;
 *   nothing is left running then
 */
export async function startLocal(options: StartLocalOptions): Promise<LocalCloud> {
  const clock = options.clock ?? systemClock;
  const region = options.config["aws:region"] ?? DEFAULT_REGION;
  const { dataDir } = options;
  const cloud = createCloud({ region, accountId: ACCOUNT_ID, clock, random: seededRandom(options.seed), dataDir });
  try {
    const endpoint = await cloud.listen(options.port ?? 0);
    const skipping = settlingClock(skippingClock(clock), () => cloud.services());
    const workflowTime = switchedClock(options.workflowClock ?? skipping, options.workflowClock ?? clock);
    cloud.register(...allServices(cloud, workflowTime.clock, endpoint, options.sparkPython));
    const resources: LocalResource[] = [];
    const outputs = await evaluate({
      ...options,
      register: async (registration) => {
        const resource = await provision(cloud.services(), registration);
        resources.push(resource);
        options.onResource?.(resource);
        return resource as { id: string; outputs: Record<string, unknown> };
      },
      invoke: providerFunctions(cloud),
    });
    return running(cloud, endpoint, resources, outputs, workflowTime);
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

function running(
  cloud: Cloud,
  endpoint: string,
  resources: readonly LocalResource[],
  outputs: Record<string, unknown>,
  workflowTime: SwitchedClock,
): LocalCloud {
  const scheduler = cloud.service("scheduler") as SchedulerService;
  return {
    endpoint,
    region: cloud.region,
    accountId: cloud.accountId,
    dataDir: cloud.dataDir,
    resources,
    outputs,
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
