/** The input and output types of the parts of the hourly state machine. */

/** The resources and limits of the hourly workflow. */
export interface HourlyWorkflow {
  readonly planFunctionArn: string;
  readonly reconcileFunctionArn: string;
  readonly jobName: string;
  /** Only if the lake has a crawler. */
  readonly crawlerName?: string;
  readonly topicArn: string;
  readonly concurrentJobs: number;
  readonly retryAttempts: number;
  readonly jobTimeoutMinutes: number;
  readonly crawlerPollSeconds: number;
  readonly crawlerTimeoutMinutes: number;
  /** Events in an execution's history from which on another execution continues with the rest. */
  readonly handOverEvents: number;
  /** How long a function may still run after the execution that called it has ended. */
  readonly functionTimeoutSeconds: number;
}

/** States by name, each in Amazon States Language. */
export type States = Record<string, Record<string, unknown>>;
