/** Where the emulator and local are known to answer otherwise, S3 and Kinesis by themselves. */
import type { Difference } from "./difference";
import { KINESIS_DIFFERENCES } from "./knownOfKinesis";
import { S3_DIFFERENCES } from "./knownOfS3";

const GLUE = "https://docs.aws.amazon.com/glue/latest/webapi/";
const STATES = "https://docs.aws.amazon.com/step-functions/latest/apireference/";

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
      "Table.StorageDescriptor.NumberOfBuckets: 0 | -",
      "Table.StorageDescriptor.SortColumns: [] | -",
      "Table.StorageDescriptor.StoredAsSubDirectories: false | -",
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
];

export const KNOWN: readonly Difference[] = [...S3_DIFFERENCES, ...KINESIS_DIFFERENCES, ...OTHER_DIFFERENCES];
