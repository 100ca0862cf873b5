/** The inputs of an event source mapping: AWS's defaults, bounds, and refusals by name. */
import { readMappingSettings } from "../../../../../local/services/lambda/mapping/readMappingConfig";

const INPUTS = {
  eventSourceArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
  functionName: "router",
  startingPosition: "TRIM_HORIZON",
};

test("what is not said is as AWS has it", () => {
  expect(readMappingSettings("m", INPUTS)).toEqual({
    streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
    functionName: "router",
    countsEvents: false,
    isEnabled: true,
    config: {
      batchSize: 100,
      windowMillis: 0,
      maxEventBytes: 6_291_456,
      parallelizationFactor: 1,
      bisect: false,
      retryAttempts: -1,
      maxRecordAgeMillis: -1,
      reportsItemFailures: false,
      startingPosition: { type: "TRIM_HORIZON" },
    },
  });
});

test("every setting has its own place: retries and parallelization are not confused", () => {
  const { config, failureBucket, isEnabled } = readMappingSettings("m", {
    ...INPUTS,
    startingPosition: "AT_TIMESTAMP",
    startingPositionTimestamp: "2026-11-20T10:00:00Z",
    batchSize: 10_000,
    maximumBatchingWindowInSeconds: 60,
    parallelizationFactor: 2,
    maximumRetryAttempts: 7,
    maximumRecordAgeInSeconds: 86_400,
    bisectBatchOnFunctionError: true,
    functionResponseTypes: ["ReportBatchItemFailures"],
    destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::failed" } },
    enabled: false,
  });
  expect(config).toEqual({
    batchSize: 10_000,
    windowMillis: 60_000,
    maxEventBytes: 6_291_456,
    parallelizationFactor: 2,
    bisect: true,
    retryAttempts: 7,
    maxRecordAgeMillis: 86_400_000,
    reportsItemFailures: true,
    startingPosition: { type: "AT_TIMESTAMP", timestamp: Date.parse("2026-11-20T10:00:00Z") },
  });
  expect({ failureBucket, isEnabled }).toEqual({ failureBucket: "failed", isEnabled: false });
});

test("a topic may be told of batches instead", () => {
  const destinationArn = "arn:aws:sns:us-east-1:123456789012:failed";
  const settings = readMappingSettings("m", { ...INPUTS, destinationConfig: { onFailure: { destinationArn } } });
  expect(settings).toMatchObject({ failureTopic: destinationArn });
  expect(settings).not.toHaveProperty("failureBucket");
});

test.each([
  [{ batchSize: 0 }, "batchSize is 0; use a whole number from 1 to 10000"],
  [{ batchSize: 10_001 }, "batchSize is 10001; use a whole number from 1 to 10000"],
  [{ maximumBatchingWindowInSeconds: 301 }, "maximumBatchingWindowInSeconds is 301; use a whole number from 0 to 300"],
  [{ parallelizationFactor: 11 }, "parallelizationFactor is 11; use a whole number from 1 to 10"],
  [{ maximumRetryAttempts: -2 }, "maximumRetryAttempts is -2; use a whole number from -1 to 10000"],
  [{ maximumRecordAgeInSeconds: 59 }, "maximumRecordAgeInSeconds is 59; use -1 or 60 to 604800"],
  [{ startingPosition: "EARLIEST" }, 'startingPosition "EARLIEST" is not one'],
  [{ startingPosition: "AT_TIMESTAMP" }, 'startingPosition "AT_TIMESTAMP" is not one'],
  [{ functionResponseTypes: ["All"] }, 'functionResponseTypes holds "All"'],
  [{ eventSourceArn: "arn:aws:sqs:us-east-1:123456789012:q" }, "only Kinesis streams are, see docs/fidelity.md"],
  [
    { eventSourceArn: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks/consumer/c:1" },
    "only Kinesis streams are, see docs/fidelity.md",
  ],
  [
    { destinationConfig: { onFailure: { destinationArn: "arn:aws:sqs:us-east-1:123456789012:q" } } },
    "only buckets and topics are, see docs/fidelity.md",
  ],
])("%j is refused", (inputs, message) => {
  expect(() => readMappingSettings("m", { ...INPUTS, ...inputs })).toThrow(message);
});
