/** Transforms a batch of records by the delivery stream's function, with Firehose's event, retries and errors. */
import type { Principal } from "../../cloud/iam/principal";
import { uuid } from "../../cloud/random";
import { type CloudContext, ServiceError } from "../../cloud/service";
import type { TransformSettings } from "./settings";
import type { SourceRecord } from "./sourceReader";

/** A record to deliver. */
export interface Transformed {
  readonly record: SourceRecord;
  readonly data: Uint8Array;
  readonly partitionKeys: Readonly<Record<string, string>>;
}

/** A record that goes to the error prefix. */
export interface Failed {
  readonly record: SourceRecord;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attemptsMade: number;
}

export interface TransformedBatch {
  readonly transformed: readonly Transformed[];
  readonly failed: readonly Failed[];
  /** The error of an invocation that failed to the last retry. */
  readonly problem?: { readonly errorCode: string; readonly errorMessage: string };
}

export interface TransformContext {
  readonly cloud: CloudContext;
  readonly principal: Principal;
  readonly settings: TransformSettings;
  readonly streamArn: string;
  readonly deliveryStreamArn: string;
}

interface AnsweredRecord {
  readonly recordId?: unknown;
  readonly result?: unknown;
  readonly data?: unknown;
  readonly metadata?: { readonly partitionKeys?: Readonly<Record<string, unknown>> };
}

class TransformError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export async function transformBatch(
  context: TransformContext,
  records: readonly SourceRecord[],
): Promise<TransformedBatch> {
  const { cloud, settings } = context;
  const ids = records.map(recordIdOf);
  const event = JSON.stringify({
    invocationId: uuid(cloud.random),
    sourceKinesisStreamArn: context.streamArn,
    deliveryStreamArn: context.deliveryStreamArn,
    region: cloud.region,
    records: records.map((record, index) => eventRecord(record, ids[index] as string)),
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answers = await invoke(context, event, ids);
      return sorted(records, ids, answers, attempt);
    } catch (error) {
      if (!(error instanceof TransformError)) throw error;
      if (attempt <= settings.retries) continue;
      const problem = { errorCode: error.code, errorMessage: error.message };
      const failed = records.map((record) => ({ record, ...problem, attemptsMade: attempt }));
      return { transformed: [], failed, problem };
    }
  }
}

/** As in AWS's example: the sequence number, and the user record's index with six digits. */
function recordIdOf({ sequenceNumber, subSequence = 0 }: SourceRecord): string {
  return `${sequenceNumber}${String(subSequence).padStart(6, "0")}`;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesisfirehose.html */
function eventRecord(record: SourceRecord, recordId: string) {
  const { shard, sequenceNumber, subSequence, partitionKey, arrivedMillis, data } = record;
  return {
    recordId,
    approximateArrivalTimestamp: arrivedMillis,
    data: Buffer.from(data).toString("base64"),
    kinesisRecordMetadata: {
      sequenceNumber,
      subsequenceNumber: subSequence === undefined ? "" : String(subSequence),
      partitionKey,
      shardId: shard,
      approximateArrivalTimestamp: arrivedMillis,
    },
  };
}

/**
 * The codes and texts are those of Firehose's log.
 * https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
 */
async function invoke(
  { cloud, principal, settings }: TransformContext,
  event: string,
  ids: readonly string[],
): Promise<Map<string, AnsweredRecord>> {
  const FunctionName = settings.functionArn;
  let answer: { FunctionError?: string; Payload: Uint8Array };
  try {
    cloud.authorize(principal, [{ action: "lambda:GetFunctionConfiguration", resource: FunctionName }]);
    const Payload = Buffer.from(event);
    answer = (await cloud.call(principal, "lambda", "Invoke", { FunctionName, Payload })) as typeof answer;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const isDenied = error.code.startsWith("AccessDenied");
    throw new TransformError(isDenied ? "Lambda.InvokeAccessDenied" : `Lambda.${error.code}`, error.message);
  }
  const text = Buffer.from(answer.Payload).toString();
  if (answer.FunctionError !== undefined) {
    throw new TransformError(
      "Lambda.FunctionError",
      "The Lambda function was successfully invoked but it returned an error result.",
    );
  }
  const records = recordsIn(text);
  const answers = new Map(records.map((record) => [String(record.recordId), record]));
  if (answers.size < records.length) {
    throw new TransformError("Lambda.DuplicatedRecordId", "Multiple records were returned with the same record ID.");
  }
  if (!ids.every((id) => answers.has(id))) {
    throw new TransformError("Lambda.MissingRecordId", "One or more record Ids were not returned.");
  }
  return answers;
}

function recordsIn(text: string): AnsweredRecord[] {
  const malformed = new TransformError(
    "Lambda.JsonProcessingException",
    "There was an error parsing returned records from the Lambda function.",
  );
  const records = (JSON.parse(text) as { records?: unknown } | null)?.records;
  if (!Array.isArray(records)) throw malformed;
  const results = ["Ok", "Dropped", "ProcessingFailed"];
  const fits = (one: unknown) => {
    const { recordId, result, data } = Object(one) as AnsweredRecord;
    return (
      typeof recordId === "string" && results.includes(String(result)) && (result !== "Ok" || typeof data === "string")
    );
  };
  if (!records.every(fits)) throw malformed;
  return records as AnsweredRecord[];
}

function sorted(
  records: readonly SourceRecord[],
  ids: readonly string[],
  answers: ReadonlyMap<string, AnsweredRecord>,
  attemptsMade: number,
): TransformedBatch {
  const transformed: Transformed[] = [];
  const failed: Failed[] = [];
  for (const [index, record] of records.entries()) {
    const { result, data, metadata } = answers.get(ids[index] as string) as AnsweredRecord;
    if (result === "Ok") {
      const keys = Object.entries(metadata?.partitionKeys ?? {}).map(([name, value]) => [name, String(value)]);
      const partitionKeys = Object.fromEntries(keys) as Record<string, string>;
      transformed.push({ record, data: Buffer.from(String(data), "base64"), partitionKeys });
    } else if (result === "ProcessingFailed") {
      const [errorCode, errorMessage] = ["Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record"];
      failed.push({ record, errorCode, errorMessage, attemptsMade });
    }
  }
  return { transformed, failed };
}
