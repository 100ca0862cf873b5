/** A running function: its warm processes, each with a log stream, and the limits of invocations. */

import { rm } from "node:fs/promises";
import type { Principal } from "../../cloud/iam/principal";
import { roleOf } from "../../cloud/iam/principal";
import type { Publish } from "../../cloud/metrics/metrics";
import { randomHex, uuid } from "../../cloud/random";
import { type CloudContext, ServiceError } from "../../cloud/service";
import { type FunctionCredentials, functionEnvironment } from "./functionEnvironment";
import { FunctionLog } from "./functionLog";
import { FunctionProcess, type InvocationEnd } from "./functionProcess";
import type { FunctionSpec } from "./functionSpec";
import type { Gate } from "./gate";

/** The endpoint and credentials that functions get from the run. */
export interface LambdaHost {
  /** The URL at which local serves the AWS APIs. */
  readonly endpoint: string;
  credentialsFor(principal: Principal): FunctionCredentials;
}

/** Lambda's limit for the event of a synchronous invocation, in bytes. */
const MAX_REQUEST_BYTES = 6_291_556;

/** The calls of a function that have ended. */
export interface FunctionCalls {
  readonly name: string;
  readonly memoryMebibytes: number;
  readonly calls: number;
  /** The time of all calls on this machine. */
  readonly millis: number;
}

interface Environment {
  /** The function's settings when the process started. */
  readonly spec: FunctionSpec;
  readonly process: FunctionProcess;
  readonly log: FunctionLog;
  /** Set once the process is to end; resolves when it has ended. */
  end?: Promise<void>;
}

export class LambdaFunction {
  private readonly idle: Environment[] = [];
  private readonly all = new Set<Environment>();
  private running = 0;
  /** The calls that have ended, and their time together. */
  private readonly ended = { calls: 0, millis: 0 };
  private isStopped = false;
  /** The time of the last change, milliseconds since the epoch. */
  modifiedMillis: number;
  /** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
  readonly publish: Publish;

  constructor(
    private current: FunctionSpec,
    private readonly cloud: CloudContext,
    private readonly host: LambdaHost,
    private readonly bootstrap: string,
    /** Shared by all functions of the run. */
    private readonly gate: Gate,
  ) {
    this.modifiedMillis = cloud.clock.now();
    this.publish = cloud.metrics.publisher("AWS/Lambda", { FunctionName: current.name });
  }

  get spec(): FunctionSpec {
    return this.current;
  }

  get calls(): FunctionCalls {
    const { name, memoryMebibytes } = this.current;
    return { name, memoryMebibytes, ...this.ended };
  }

  /**
   * Replaces the settings from the next invocation on. Idle processes end now, busy ones after their invocation. The
   * directory of a replaced package is deleted with its last process.
   */
  async update(spec: FunctionSpec): Promise<void> {
    const { root } = this.current;
    this.current = spec;
    this.modifiedMillis = this.cloud.clock.now();
    await Promise.all(this.idle.splice(0).map((environment) => this.discard(environment)));
    await this.removeUnused(root);
  }

  /**
   * Calls the function and waits for its result, which may be an error of the function.
   *
   * @param event JSON in UTF-8
   * @throws ServiceError `TooManyRequestsException` at the reserved concurrency, `RequestTooLargeException` for a large event
   */
  async invoke(event: Uint8Array): Promise<InvocationEnd> {
    const { reservedConcurrency } = this.spec;
    if (reservedConcurrency !== undefined && this.running >= reservedConcurrency) {
      this.publish("Throttles", 1, "Count");
      throw new ServiceError("TooManyRequestsException", "Rate Exceeded.", 429);
    }
    if (event.length > MAX_REQUEST_BYTES) {
      const message = `Request must be smaller than ${MAX_REQUEST_BYTES} bytes for the InvokeFunction operation`;
      throw new ServiceError("RequestTooLargeException", message, 413);
    }
    this.running++;
    this.publish("ConcurrentExecutions", this.running, "Count");
    try {
      return await this.gate.run(() => this.run(event));
    } finally {
      this.running--;
    }
  }

  /**
   * Starts the package in a process of its own, which the caller ends. The function's limits and log do not count it.
   *
   * @param variables beside the function's own, or in their place
   * @param logFile an open file for the output
   */
  startApart(variables: Readonly<Record<string, string>>, principal: Principal, logFile: number): FunctionProcess {
    const spec = { ...this.spec, variables: { ...this.spec.variables, ...variables } };
    return this.processOf(spec, "apart", this.host.credentialsFor(principal), logFile);
  }

  /** Ends every process; current invocations end with an error. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.all].map((environment) => this.discard(environment)));
  }

  private async run(event: Uint8Array): Promise<InvocationEnd> {
    const environment = this.idle.pop() ?? this.start();
    const requestId = uuid(this.cloud.random);
    const began = this.cloud.clock.now();
    environment.log.start(requestId);
    const end = await environment.process.invoke(requestId, event, environment.spec.timeoutMillis);
    const millis = this.cloud.clock.now() - began;
    this.ended.calls++;
    this.ended.millis += millis;
    // The time is that of the invocation, also for its error.
    this.publish("Invocations", 1, "Count", began);
    this.publish("Errors", end.functionError ? 1 : 0, "Count", began);
    this.publish("Duration", millis, "Milliseconds", began);
    this.publish("Throttles", 0, "Count", began);
    if (!environment.end) {
      if (end.functionError) environment.log.error(requestId, end.payload);
      environment.log.end(requestId, millis);
      if (environment.process.isAlive && environment.spec === this.spec) this.idle.push(environment);
      else await this.discard(environment);
    }
    return end;
  }

  private start(): Environment {
    if (this.isStopped) throw new Error(`local/lambda: function "${this.spec.name}" is called after the run has ended`);
    const { spec, cloud, host } = this;
    const log = FunctionLog.open(cloud, spec, randomHex(cloud.random, 32));
    const credentials = host.credentialsFor(roleOf(spec.roleArn));
    const environment: Environment = { spec, process: this.processOf(spec, log.stream, credentials, log.file), log };
    this.all.add(environment);
    return environment;
  }

  private processOf(
    spec: FunctionSpec,
    logStream: string,
    credentials: FunctionCredentials,
    logFile: number | undefined,
  ): FunctionProcess {
    return new FunctionProcess({
      bootstrap: this.bootstrap,
      cwd: spec.root,
      environment: functionEnvironment(spec, logStream, credentials, this.host.endpoint, process.env.PATH ?? ""),
      memoryMebibytes: spec.memoryMebibytes,
      ...(logFile !== undefined && { logFile }),
      clock: this.cloud.clock,
    });
  }

  private discard(environment: Environment): Promise<void> {
    environment.end ??= this.end(environment);
    return environment.end;
  }

  private async end(environment: Environment): Promise<void> {
    await environment.process.kill();
    environment.log.close();
    this.all.delete(environment);
    await this.removeUnused(environment.spec.root);
  }

  private async removeUnused(root: string): Promise<void> {
    const isUsed = root === this.spec.root || [...this.all].some(({ spec }) => spec.root === root);
    if (!isUsed) await rm(root, { recursive: true, force: true });
  }
}
