/** The metrics that services of AWS and the library's own functions publish, with their dimensions. */

export interface Namespace {
  /** By dimension, the type of the resources that it names; undefined for dimensions with other values. */
  readonly dimensions: Readonly<Record<string, string | undefined>>;
  /** The metrics of each dimension that names a resource; absent where AWS's list is long or still grows. */
  readonly metrics?: Readonly<Record<string, readonly string[]>>;
  /** True if the namespace also has metrics of the whole account, without a dimension. @default false */
  readonly ofAccount?: true;
}

const FUNCTION = "aws:lambda/function:Function";

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
const LAMBDA_METRICS = [
  ...["Invocations", "Errors", "DeadLetterErrors", "DestinationDeliveryFailures", "Throttles", "OversizedRecordCount"],
  ...["ProvisionedConcurrencyInvocations", "ProvisionedConcurrencySpilloverInvocations"],
  ...["RecursiveInvocationsDropped", "Duration", "PostRuntimeExtensionsDuration", "IteratorAge", "OffsetLag"],
  ...["ConcurrentExecutions", "ProvisionedConcurrentExecutions", "ProvisionedConcurrencyUtilization"],
  ...["AsyncEventsReceived", "AsyncEventAge", "AsyncEventsDropped", "SignatureValidationErrors"],
];

/** The metrics of a mapping with the metrics config `EventCount`, on the same page. */
export const EVENT_COUNTS = [
  ...["PolledEventCount", "FilteredOutEventCount", "InvokedEventCount", "FailedInvokeEventCount", "DroppedEventCount"],
  ...["OnFailureDestinationDeliveredEventCount", "DeletedEventCount"],
];

/** https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html, stream-level metrics */
const KINESIS_METRICS = [
  ...["GetRecords.Bytes", "GetRecords.IteratorAge", "GetRecords.IteratorAgeMilliseconds", "GetRecords.Latency"],
  ...["GetRecords.Records", "GetRecords.Success", "IncomingBytes", "IncomingRecords", "PutRecord.Bytes"],
  ...["PutRecord.Latency", "PutRecord.Success", "PutRecords.Bytes", "PutRecords.Latency", "PutRecords.Records"],
  ...["PutRecords.Success", "PutRecords.TotalRecords", "PutRecords.SuccessfulRecords", "PutRecords.FailedRecords"],
  ...["PutRecords.ThrottledRecords", "ReadProvisionedThroughputExceeded", "WriteProvisionedThroughputExceeded"],
  ...["SubscribeToShard.RateExceeded", "SubscribeToShard.Success", "SubscribeToShardEvent.Bytes"],
  ...["SubscribeToShardEvent.MillisBehindLatest", "SubscribeToShardEvent.Records", "SubscribeToShardEvent.Success"],
  ...["IteratorAgeMilliseconds", "OutgoingBytes", "OutgoingRecords"],
];

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const SQS_METRICS = [
  ...["ApproximateAgeOfOldestMessage", "ApproximateNumberOfGroupsWithInflightMessages"],
  ...["ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"],
  ...["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfNoisyGroups", "NumberOfDeduplicatedSentMessages"],
  ...["NumberOfEmptyReceives", "NumberOfMessagesDeleted", "NumberOfMessagesReceived", "NumberOfMessagesSent"],
  ...["SentMessageSize", "ApproximateNumberOfMessagesVisibleInQuietGroups"],
  ...["ApproximateNumberOfMessagesNotVisibleInQuietGroups", "ApproximateNumberOfMessagesDelayedInQuietGroups"],
  ...["ApproximateAgeOfOldestMessageInQuietGroups"],
];

/** functions/parts/routedCounts.ts; a metric may go on with `.<reason>.<format>`. */
const OF_ROUTER = ["Records", "Rows", "Objects", "FailedWrites", "Unformatted", "HookErrors", "LeftRecords"];
/** functions/parts/servedCounts.ts */
const OF_VIEW = [
  ...["Records", "Rows", "Repeated", "Unfolded", "LeftOut", "Undecoded", "Items", "FailedWrites", "LeftRecords"],
];
/** functions/parts/deliveredCounts.ts */
const OF_DELIVERY = ["Records", "Rows", "LeftOut", "Landed", "Failed"];
/** functions/planHours.ts, functions/reconcile.ts and functions/loadWarehouse.ts */
const OF_FUNCTION = [
  ...["HoursOpen", "HoursLate", "CrawlDue", "SealedTables", "BrokenTables", "RawRows", "ParquetRows"],
  ...["LoadLagSeconds", "LoadedRows"],
];

/** A namespace that is not here is not judged. */
export const NAMESPACES: Readonly<Record<string, Namespace>> = {
  Streamlake: {
    dimensions: {
      Stream: "aws:kinesis/stream:Stream",
      View: "aws:dynamodb/table:Table",
      Delivery: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
      Function: FUNCTION,
    },
    metrics: { Stream: OF_ROUTER, View: OF_VIEW, Delivery: OF_DELIVERY, Function: OF_FUNCTION },
  },
  "AWS/Lambda": {
    dimensions: {
      FunctionName: FUNCTION,
      EventSourceMappingUUID: "aws:lambda/eventSourceMapping:EventSourceMapping",
      Resource: undefined,
      ExecutedVersion: undefined,
    },
    metrics: { FunctionName: LAMBDA_METRICS },
    ofAccount: true,
  },
  "AWS/Kinesis": {
    dimensions: { StreamName: "aws:kinesis/stream:Stream", ShardId: undefined, ConsumerName: undefined },
    metrics: { StreamName: KINESIS_METRICS },
  },
  "AWS/Firehose": {
    dimensions: { DeliveryStreamName: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream" },
  },
  "AWS/SQS": { dimensions: { QueueName: "aws:sqs/queue:Queue" }, metrics: { QueueName: SQS_METRICS } },
  "AWS/States": {
    dimensions: {
      StateMachineArn: "aws:sfn/stateMachine:StateMachine",
      ActivityArn: undefined,
      LambdaFunctionArn: undefined,
      ServiceIntegrationResourceArn: undefined,
      APIName: undefined,
      ServiceMetric: undefined,
      StateMachine: undefined,
      Service: undefined,
    },
    ofAccount: true,
  },
};
