/** Retries of the tasks of both state machines: bounded, with back-off and with jitter, as AWS advises. */

/** Invocation errors that the function does not cause (Step Functions developer guide, handling Lambda errors). */
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
