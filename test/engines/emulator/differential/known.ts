/** Where local and the emulator are known to answer otherwise: who is right, and where AWS says so. */

export interface Difference {
  readonly calls: readonly string[];
  /** `path: local's | the emulator's`; an error against an answer is one line. */
  readonly lines: readonly string[];
  /** `both` where AWS documents neither as wrong. What local has wrong or not at all has its line in docs/fidelity.md. */
  readonly right: "local" | "emulator" | "both";
  readonly aws: string;
  readonly source: string;
}

const S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API/";
const KINESIS = "https://docs.aws.amazon.com/kinesis/latest/APIReference/";
const GLUE = "https://docs.aws.amazon.com/glue/latest/webapi/";
const STATES = "https://docs.aws.amazon.com/step-functions/latest/apireference/";

const S3_DIFFERENCES: readonly Difference[] = [
  {
    calls: [
      ...["put an object", "get it", "head it", "create-only, new", "it is the first one", "put if it matches"],
      ...["the first two bytes", "the last two bytes", "from the third byte", "a range that ends past the end"],
      ...["put an empty object", "put a key of odd characters", "get a key of odd characters"],
      ...["a copy keeps type and metadata", "get the completed one"],
    ],
    lines: ["ServerSideEncryption: AES256 | -"],
    right: "local",
    aws: "Every new object is encrypted, with SSE-S3 unless told otherwise, and answers say with what.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html",
  },
  {
    calls: ["get it", "it is the first one", "a copy keeps type and metadata"],
    lines: ["ChecksumCRC32: - | NhCmhg==", "ChecksumType: - | FULL_OBJECT"],
    right: "emulator",
    aws: "A read with x-amz-checksum-mode: ENABLED, which the SDK sends, returns the checksum that came with the upload.",
    source: `${S3}API_GetObject.html`,
  },
  {
    calls: ["get a key of odd characters"],
    lines: ["ChecksumCRC32: - | jNwWgw==", "ChecksumType: - | FULL_OBJECT"],
    right: "emulator",
    aws: "As above.",
    source: `${S3}API_GetObject.html`,
  },
  {
    calls: ["upload a part"],
    lines: ["ChecksumCRC32: - | NhCmhg=="],
    right: "emulator",
    aws: "The answer has the checksum that came with the part.",
    source: `${S3}API_UploadPart.html`,
  },
  {
    calls: ["head a bucket"],
    lines: ["BucketArn: - | arn:aws:s3:::differential-lake"],
    right: "local",
    aws: "The ARN is told of directory buckets alone.",
    source: `${S3}API_HeadBucket.html`,
  },
  {
    calls: ["a range that is none"],
    lines: ["answers | InvalidRange 416"],
    right: "local",
    aws: "S3 refers to RFC 9110: a range in a unit that the server does not know is ignored (section 14.2).",
    source: `${S3}API_GetObject.html`,
  },
  {
    calls: ["list no keys at all"],
    lines: ["IsTruncated: false | true"],
    right: "local",
    aws: "A list of no keys is not truncated: there is no token to go on with (Ceph's s3-tests hold AWS to it).",
    source: "https://github.com/ceph/s3-tests, test_bucket_list_maxkeys_zero",
  },
  {
    calls: ["list with a token that is none"],
    lines: ["InvalidArgument 400 | answers"],
    right: "local",
    aws: "A token is what S3 gave, and an invalid argument is an error.",
    source: `${S3}ErrorResponses.html`,
  },
  {
    calls: ["a key that is too long"],
    lines: ["KeyTooLongError 400 | answers"],
    right: "local",
    aws: "Keys have at most 1,024 bytes of UTF-8.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
  },
];

const KINESIS_DIFFERENCES: readonly Difference[] = [
  {
    calls: ["summary of a stream"],
    lines: ["StreamDescriptionSummary.MaxRecordSizeInKiB: 1024 | -"],
    right: "local",
    aws: "The summary tells the largest record of the stream.",
    source: `${KINESIS}API_StreamDescriptionSummary.html`,
  },
  {
    calls: ["an explicit hash key out of range"],
    lines: ["InvalidArgumentException 400 | answers"],
    right: "local",
    aws: "Hash keys are 128-bit integers.",
    source: `${KINESIS}API_PutRecordsRequestEntry.html`,
  },
  {
    calls: ["put no records", "an empty partition key"],
    lines: ["ValidationException 400 | answers"],
    right: "local",
    aws: "At least one record, and at least one character of a partition key.",
    source: `${KINESIS}API_PutRecords.html`,
  },
  {
    calls: ["put a record of a byte more than 1 MiB, its key counted"],
    lines: ["ValidationException 400 | answers"],
    right: "local",
    aws: "Payload and partition key have at most the stream's record size together, 1 MiB unless it was raised.",
    source: `${KINESIS}API_PutRecord.html`,
  },
  {
    calls: ["put more than 10 MiB"],
    lines: ["error: InvalidArgumentException 400 | ValidationException 400"],
    right: "both",
    aws: "A request has at most 10 MiB, partition keys included; which of its errors it is, AWS does not document.",
    source: `${KINESIS}API_PutRecords.html`,
  },
  {
    calls: ["an iterator at a sequence number that is none", "an iterator at no sequence number"],
    lines: ["InvalidArgumentException 400 | answers"],
    right: "local",
    aws: "AT_SEQUENCE_NUMBER asks for a sequence number, which matches 0|([1-9]\\d{0,128}).",
    source: `${KINESIS}API_GetShardIterator.html`,
  },
  {
    calls: ["read with an iterator that is none"],
    lines: ["error: InvalidArgumentException 400 | ExpiredIteratorException 400"],
    right: "local",
    aws: "ExpiredIteratorException is of iterators older than five minutes.",
    source: `${KINESIS}API_GetRecords.html`,
  },
  {
    calls: ["read 10,001"],
    lines: ["ValidationException 400 | answers"],
    right: "local",
    aws: "The limit is at most 10,000.",
    source: `${KINESIS}API_GetRecords.html`,
  },
];

const OTHER_DIFFERENCES: readonly Difference[] = [
  {
    calls: ["a database"],
    lines: ["Database.Parameters: - | {}"],
    right: "both",
    aws: "Parameters are optional.",
    source: `${GLUE}API_Database.html`,
  },
  {
    calls: ["a table"],
    lines: [
      "Table.Description: - | ",
      "Table.IsRegisteredWithLakeFormation: - | false",
      "Table.LastAccessTime: - | a time",
      "Table.Owner: - | ",
      "Table.StorageDescriptor.Compressed: false | -",
      "Table.VersionId: - | 1",
    ],
    right: "both",
    aws: "All of these are optional.",
    source: `${GLUE}API_Table.html`,
  },
  {
    calls: ["a table in capitals"],
    lines: ["answers | EntityNotFoundException 400"],
    right: "local",
    aws: "For Hive compatibility, a table's name is entirely lower-case.",
    source: `${GLUE}API_GetTable.html`,
  },
  {
    calls: ["a state machine"],
    lines: [
      "encryptionConfiguration.type: - | AWS_OWNED_KEY",
      "loggingConfiguration.includeExecutionData: - | false",
      "loggingConfiguration.level: - | OFF",
      "revisionId: - | <uuid>",
    ],
    right: "emulator",
    aws: "The answer tells logging, encryption and revision.",
    source: `${STATES}API_DescribeStateMachine.html`,
  },
  {
    calls: ["a name that is none"],
    lines: ["InvalidName 400 | answers"],
    right: "local",
    aws: "A name has no white space.",
    source: `${STATES}API_StartExecution.html`,
  },
  {
    calls: ["an input that is no JSON"],
    lines: ["InvalidExecutionInput 400 | answers"],
    right: "local",
    aws: "The input is JSON.",
    source: `${STATES}API_StartExecution.html`,
  },
  {
    calls: ["invoke a function that throws"],
    lines: ["payload.errorType: TypeError | Runtime.HandlerError"],
    right: "local",
    aws: "errorType is the name of the error that the handler threw.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html",
  },
  {
    calls: ["invoke with a payload that is no JSON"],
    lines: ["InvalidRequestContentException 400 | answers"],
    right: "local",
    aws: "A body that does not parse as JSON is refused.",
    source: "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html",
  },
  {
    calls: ["publish nothing", "publish with a subject of 101 characters", "publish with a subject of two lines"],
    lines: ["InvalidParameterException 400 | answers"],
    right: "local",
    aws: "Messages are not empty; a subject has at most 100 characters and no line break.",
    source: "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html",
  },
  {
    calls: ["no attributes of a queue"],
    lines: [
      ": {} | -",
      "Attributes.ApproximateNumberOfMessages: - | 2",
      "Attributes.ApproximateNumberOfMessagesDelayed: - | 0",
      "Attributes.ApproximateNumberOfMessagesNotVisible: - | 0",
      "Attributes.CreatedTimestamp: - | <time>",
      "Attributes.DelaySeconds: - | 0",
      "Attributes.LastModifiedTimestamp: - | <time>",
      "Attributes.MaximumMessageSize: - | 1048576",
      "Attributes.MessageRetentionPeriod: - | 345600",
      "Attributes.QueueArn: - | arn:aws:sqs:us-east-1:000000000000:differential-queue",
      "Attributes.ReceiveMessageWaitTimeSeconds: - | 0",
      "Attributes.VisibilityTimeout: - | 30",
    ],
    right: "local",
    aws: "Without AttributeNames the answer is empty.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html",
  },
  {
    calls: ["log groups"],
    lines: [
      "logGroups.0.logGroupArn: - | arn:aws:logs:us-east-1:000000000000:log-group:differential-logs",
      "logGroups.0.logGroupClass: - | STANDARD",
      "logGroups.0.metricFilterCount: - | 0",
      "logGroups.0.storedBytes: - | 0",
    ],
    right: "emulator",
    aws: "A group's ARN without the wildcard, its class and its sizes are told.",
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html",
  },
];

export const KNOWN: readonly Difference[] = [...S3_DIFFERENCES, ...KINESIS_DIFFERENCES, ...OTHER_DIFFERENCES];
