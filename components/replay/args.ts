/** What a replay is told: the router whose leftovers it takes up, and how much it does at once. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as sns from "@pulumi/aws/sns";
import type { CallbackFunctionTransform } from "../callbackFunction";
import type { FormatRouter } from "../formatRouter";
import type { AlarmsArgs } from "../parts/alarm";
import type { Transform } from "../parts/transform";
import type { WorkflowMachineTransform } from "../workflow/machine";

export interface ReplayArgs {
  /** The router whose records are replayed: its formats, hooks and schemas travel in the replay's own package. */
  router: FormatRouter;
  /** Chunks (of at most 20 objects or 32 MiB) that are replayed at once, 1 to 40. @default `defaults.replay.concurrentChunks` (10) */
  concurrentChunks?: number;
  /** Tries again of a failed step, 0 to 10, with growing waits between. @default `defaults.replay.retryAttempts` (2) */
  retryAttempts?: number;
  /**
   * Events of its history after which an execution starts another one that goes on, 200 to 24000. Step Functions ends an
   * execution at 25,000 (service quotas). @default `defaults.replay.eventsPerExecution` (20000)
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

export interface ReplayTransform {
  plan?: CallbackFunctionTransform;
  chunk?: CallbackFunctionTransform;
  failures?: Transform<sns.TopicArgs>;
  workflow?: WorkflowMachineTransform;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}
