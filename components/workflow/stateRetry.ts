/** Retries of the state machines' tasks, the hourly one's and the replay's: with back-off, bounded, and jittered as AWS advises. */

/** The errors of an invocation that say nothing about the function (Step Functions developer guide, handling Lambda errors). */
export const LAMBDA_SERVICE_ERRORS = [
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
];

/** @param attempts tries after the first */
export function retryOn(errors: readonly string[], attempts: number, intervalSeconds = 2) {
  return {
    ErrorEquals: [...errors],
    IntervalSeconds: intervalSeconds,
    BackoffRate: 2,
    MaxDelaySeconds: 300,
    MaxAttempts: attempts,
    JitterStrategy: "FULL",
  };
}
