/** What the parts of the hourly state machine are given, and what each gives back. */

/** What the workflow works with. */
export interface HourlyWorkflow {
  readonly planFunctionArn: string;
  readonly reconcileFunctionArn: string;
  readonly jobName: string;
  /** Only where the lake has a crawler. */
  readonly crawlerName?: string;
  readonly topicArn: string;
  readonly concurrentJobs: number;
  readonly retryAttempts: number;
  readonly jobTimeoutMinutes: number;
  readonly crawlerPollSeconds: number;
  readonly crawlerTimeoutMinutes: number;
  /** Hours that an execution flattens before another one goes on with the rest. */
  readonly hoursPerExecution: number;
  /** How long a function may still run after the execution that called it has ended. */
  readonly functionTimeoutSeconds: number;
}

/** States by name; each as Amazon States Language writes it. */
export type States = Record<string, Record<string, unknown>>;
