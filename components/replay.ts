/** Replays unformatted records and failed batches on Step Functions, with the router's own configuration and hooks. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { CallbackFunction, type CallbackFunctionTransform, functionNames } from "./callbackFunction";
import type { RoutedRouter } from "./formatRouter";
import { replayAccess, replayPlanAccess } from "./lake/access";
import { type AlarmsArgs, componentAlarms } from "./parts/alarm";
import { choiceProblem, LOG_RETENTION_DAYS, refuseProblems, wholeNumberProblem } from "./parts/checks";
import { firstName } from "./parts/firstName";
import type { Monitoring } from "./parts/monitoring/monitoring";
import { nameProblems } from "./parts/names";
import type { Permission } from "./parts/permission";
import { type TagsArgs, withTags } from "./parts/tags";
import type { Transform } from "./parts/transform";
import {
  executionFailed,
  type FailureArgs,
  type FailureNodes,
  type FailureTopic,
  type FailureTransform,
  failureProblems,
  failureTopic,
} from "./workflow/failures";
import { workflowGraphs } from "./workflow/graphs";
import { type WorkflowMachine, type WorkflowMachineTransform, workflowMachine } from "./workflow/machine";
import { replayEvents } from "./workflow/replay/chunkStates";
import { replayWorkflow } from "./workflow/replay/workflow";

export interface ReplayArgs extends FailureArgs, TagsArgs {
  /**
   * The router whose records are replayed: its formats, hooks and schemas travel in the replay's own package, and the
   * replay has its environment, permissions, secrets and network.
   */
  router: RoutedRouter;
  /** Chunks (of at most 20 objects or 32 MiB) that are replayed at once, 1 to 40. @default `defaults.replay.concurrentChunks` (10) */
  concurrentChunks?: number;
  /** Retries of a failed step, 0 to 10, with growing waits. @default `defaults.replay.retryAttempts` (2) */
  retryAttempts?: number;
  /**
   * Events in an execution's history after which it starts another execution that continues, 200 to 24000. Step Functions
   * ends an execution at 25,000 (service quotas). @default `defaults.replay.eventsPerExecution` (20000)
   */
  eventsPerExecution?: number;
  /** Memory of the function that replays a chunk, MiB, 128 to 10240. @default `defaults.replay.memoryMebibytes` (1024) */
  memoryMebibytes?: number;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** An alarm on failed executions. @default none */
  alarms?: AlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: ReplayTransform;
}

export interface ReplayTransform extends FailureTransform {
  plan?: CallbackFunctionTransform;
  chunk?: CallbackFunctionTransform;
  workflow?: WorkflowMachineTransform;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

/** The raw resources. */
export interface ReplayNodes extends FailureNodes {
  readonly plan: CallbackFunction;
  readonly chunk: CallbackFunction;
  readonly workflow: WorkflowMachine;
  /** `failed`, with the argument `alarms`. */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/** Lambda's maximum run time. A chunk takes seconds unless its records are very large. */
const CHUNK_TIMEOUT_SECONDS = 900;

/**
 * A state machine and two functions. Start it with `{}` for a dry run over everything, or with
 * `{ "dryRun": false, "reasons": ["schema"], "tables": ["orders"], "from": "2026-11-20T08" }`.
 */
export class Replay extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  /** Notified of every failed execution. */
  readonly failureTopicArn: pulumi.Output<string>;
  readonly nodes: ReplayNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;

  constructor(name: string, args: ReplayArgs, opts?: pulumi.ComponentResourceOptions) {
    check(name, args);
    super("streamlake:index:Replay", name, {}, withTags("Replay", name, args, opts));

    const plan = this.plan(name, args);
    const chunk = this.chunk(name, args);
    const failures = failureTopic(name, { who: `Replay "${name}"`, parent: this, args });
    const workflow = this.workflow(name, firstName(name, opts), args, { plan, chunk, failures });
    const failedWords = `${name} failed; its message to the topic of failures says which objects`;
    const roles = { failed: executionFailed(workflow.machine, failedWords) };
    const alarms = componentAlarms(name, roles, args, this);
    this.monitoring = {
      component: "Replay",
      name,
      arn: workflow.machine.arn,
      alarms: roles,
      declared: alarms,
      graphs: workflowGraphs(name, workflow.machine),
      links: [
        { label: name, stateMachineArn: workflow.machine.arn },
        { label: `${name}-plan`, logGroup: plan.nodes.logs.name },
        { label: `${name}-chunk`, logGroup: chunk.nodes.logs.name },
      ],
    };
    this.nodes = { plan, chunk, ...failures.nodes, workflow, alarms };
    this.stateMachineArn = workflow.machine.arn;
    this.failureTopicArn = failures.arn;

    this.registerOutputs({ stateMachineArn: this.stateMachineArn, failureTopicArn: this.failureTopicArn });
  }

  /** For programs that start a replay. */
  startAccess(): Permission {
    return { actions: ["states:StartExecution"], resources: [this.stateMachineArn] };
  }

  private plan(name: string, args: ReplayArgs): CallbackFunction {
    const { lake, vpc } = args.router.routing;
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
        permissions: replayPlanAccess(lake.resources),
        environment: { LAKE_BUCKET: lake.bucketName, FAILED_BUCKET: lake.resources.failedBucketName },
        vpc,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.plan,
      },
      { parent: this },
    );
  }

  private chunk(name: string, args: ReplayArgs): CallbackFunction {
    const { router } = args;
    const { factory, lake, environment, permissions, secrets, vpc } = router.routing;
    return new CallbackFunction(
      `${name}-chunk`,
      {
        description: "Replays records as the router routes them",
        factory: (context) => {
          const { createReplayChunk } =
            require("../functions/replayChunk") as typeof import("../functions/replayChunk");
          return createReplayChunk(factory(context));
        },
        permissions: [...replayAccess(lake.resources), ...permissions],
        environment: {
          ...environment,
          FAILED_BUCKET: lake.resources.failedBucketName,
          ROUTER_FUNCTION: router.functionName,
        },
        secrets,
        vpc,
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
    { plan, chunk, failures }: Pick<ReplayNodes, "plan" | "chunk"> & { failures: FailureTopic },
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
      permissions: [plan.invokeAccess(), chunk.invokeAccess(), ...failures.publishAccess],
      logRetentionDays: args.logRetentionDays ?? defaults.function.logRetentionDays,
      transform: args.transform?.workflow,
    });
  }
}

function check(name: string, args: ReplayArgs): void {
  refuseProblems("Replay", name, [
    ...nameProblems(name, [
      ...functionNames("-plan"),
      ...functionNames("-chunk"),
      ["state machine", "-workflow"],
      ["IAM role", "-workflow-role"],
      ["SNS topic", "-failures"],
    ]),
    wholeNumberProblem("concurrentChunks", args.concurrentChunks, { min: 1, max: 40, unit: "chunks at once" }),
    wholeNumberProblem("retryAttempts", args.retryAttempts, { min: 0, max: 10, unit: "tries" }),
    wholeNumberProblem("eventsPerExecution", args.eventsPerExecution, { min: 200, max: 24_000, unit: "events" }),
    wholeNumberProblem("memoryMebibytes", args.memoryMebibytes, { min: 128, max: 10_240, unit: "MiB" }),
    choiceProblem("logRetentionDays", args.logRetentionDays, LOG_RETENTION_DAYS),
    ...failureProblems(args),
  ]);
}
