/** Replays what could not be used, however much it is: through the router's own configuration and hooks, on Step Functions. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { CallbackFunction } from "./callbackFunction";
import { alarm } from "./parts/alarm";
import { choiceProblem, LOG_RETENTION_DAYS, refuseProblems, wholeNumberProblem } from "./parts/checks";
import { firstName } from "./parts/firstName";
import type { Permission } from "./parts/permission";
import type { ReplayArgs } from "./replay/args";
import { replayEvents } from "./replay/chunkStates";
import { replayWorkflow } from "./replay/workflow";
import { executionFailed, failureTopic } from "./workflow/failures";
import { type WorkflowMachine, workflowMachine } from "./workflow/machine";

/** The raw resources. */
export interface ReplayNodes {
  readonly plan: CallbackFunction;
  readonly chunk: CallbackFunction;
  /** Told of every failed execution; subscribe to it. */
  readonly failures: sns.Topic;
  readonly workflow: WorkflowMachine;
  /** `failed`, where alarms are asked for. */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/** Lambda's longest run: a chunk takes seconds, unless its records are very large. */
const CHUNK_TIMEOUT_SECONDS = 900;

/**
 * A state machine and two functions. Start it with `{}` for a dry run over everything, or with
 * `{ "dryRun": false, "reasons": ["schema"], "tables": ["orders"], "from": "2026-11-20T08" }`.
 */
export class Replay extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  /** Told of every failed execution. */
  readonly failureTopicArn: pulumi.Output<string>;
  readonly nodes: ReplayNodes;

  constructor(name: string, args: ReplayArgs, opts?: pulumi.ComponentResourceOptions) {
    check(name, args);
    super("streamlake:index:Replay", name, {}, opts);

    const plan = this.plan(name, args);
    const chunk = this.chunk(name, args);
    const failures = failureTopic(name, args.transform?.failures, this);
    const workflow = this.workflow(name, firstName(name, opts), args, { plan, chunk, failures });
    this.nodes = { plan, chunk, failures, workflow, alarms: this.alarms(name, args, workflow) };
    this.stateMachineArn = workflow.machine.arn;
    this.failureTopicArn = failures.arn;

    this.registerOutputs({ stateMachineArn: this.stateMachineArn, failureTopicArn: this.failureTopicArn });
  }

  /** For whoever starts a replay. */
  startAccess(): Permission {
    return { actions: ["states:StartExecution"], resources: [this.stateMachineArn] };
  }

  private plan(name: string, args: ReplayArgs): CallbackFunction {
    const { lake } = args.router.routing;
    const config = {
      unformattedPrefix: lake.prefixes.unformatted,
      eventsPerExecution: args.eventsPerExecution ?? defaults.replay.eventsPerExecution,
      eventsOf: replayEvents(args.retryAttempts ?? defaults.replay.retryAttempts),
    };
    return new CallbackFunction(
      `${name}-plan`,
      {
        description: "Finds what is to be replayed, some at a time",
        factory: () => {
          const { createReplayPlan } = require("../functions/replayPlan") as typeof import("../functions/replayPlan");
          return createReplayPlan(config);
        },
        permissions: lake.replayPlanAccess(),
        environment: { LAKE_BUCKET: lake.bucketName, FAILED_BUCKET: lake.nodes.failed.bucket.id },
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.plan,
      },
      { parent: this },
    );
  }

  private chunk(name: string, args: ReplayArgs): CallbackFunction {
    const { router } = args;
    const { factory, lake, environment, permissions } = router.routing;
    return new CallbackFunction(
      `${name}-chunk`,
      {
        description: "Replays records as the router routes them",
        factory: () => {
          const { createReplayChunk } =
            require("../functions/replayChunk") as typeof import("../functions/replayChunk");
          return createReplayChunk(factory());
        },
        permissions: [...lake.replayAccess(), ...permissions],
        environment: {
          ...environment,
          FAILED_BUCKET: lake.nodes.failed.bucket.id,
          ROUTER_FUNCTION: router.functionName,
        },
        memoryMebibytes: args.memoryMebibytes ?? defaults.replay.memoryMebibytes,
        timeoutSeconds: CHUNK_TIMEOUT_SECONDS,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.chunk,
      },
      { parent: this },
    );
  }

  private workflow(
    name: string,
    first: string,
    args: ReplayArgs,
    { plan, chunk, failures }: Pick<ReplayNodes, "plan" | "chunk" | "failures">,
  ): WorkflowMachine {
    return workflowMachine(name, {
      parent: this,
      firstName: first,
      definition: pulumi
        .output({
          planFunctionArn: plan.nodes.function.arn,
          chunkFunctionArn: chunk.nodes.function.arn,
          topicArn: failures.arn,
          concurrentChunks: args.concurrentChunks ?? defaults.replay.concurrentChunks,
          retryAttempts: args.retryAttempts ?? defaults.replay.retryAttempts,
        })
        .apply(replayWorkflow),
      permissions: [plan.invokeAccess(), chunk.invokeAccess(), { actions: ["sns:Publish"], resources: [failures.arn] }],
      logRetentionDays: args.logRetentionDays ?? defaults.function.logRetentionDays,
      transform: args.transform?.workflow,
    });
  }

  private alarms(name: string, args: ReplayArgs, { machine }: WorkflowMachine): ReplayNodes["alarms"] {
    if (!args.alarms) return {};
    const options = executionFailed(machine, `${name} failed; its message to the topic of failures says which objects`);
    return { failed: alarm(`${name}-alarm-failed`, options, args.alarms, this, args.transform?.alarm) };
  }
}

function check(name: string, args: ReplayArgs): void {
  refuseProblems("Replay", name, [
    wholeNumberProblem("concurrentChunks", args.concurrentChunks, { min: 1, max: 40, unit: "chunks at once" }),
    wholeNumberProblem("retryAttempts", args.retryAttempts, { min: 0, max: 10, unit: "tries" }),
    wholeNumberProblem("eventsPerExecution", args.eventsPerExecution, { min: 200, max: 24_000, unit: "events" }),
    wholeNumberProblem("memoryMebibytes", args.memoryMebibytes, { min: 128, max: 10_240, unit: "MiB" }),
    choiceProblem("logRetentionDays", args.logRetentionDays, LOG_RETENTION_DAYS),
  ]);
}
