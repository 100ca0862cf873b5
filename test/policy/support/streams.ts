/** Cases of the controls over streams, functions, jobs, workflows and queries. */
import type { ControlCases } from "./controlCase";

const STREAM = "aws:kinesis/stream:Stream";
const FIREHOSE = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
const FUNCTION = "aws:lambda/function:Function";
const PERMISSION = "aws:lambda/permission:Permission";

const subnet = (name: string, availabilityZone?: string) => ({
  type: "aws:ec2/subnet:Subnet",
  name,
  props: { id: `subnet-${name}`, availabilityZone },
});

export const streamCases: Record<string, ControlCases> = {
  "Athena.4": {
    passes: [
      ["a workgroup as it is by default", [{ type: "aws:athena/workgroup:Workgroup", props: { name: "w" } }]],
      [
        "metrics on",
        [
          {
            type: "aws:athena/workgroup:Workgroup",
            props: { configuration: { publishCloudwatchMetricsEnabled: true } },
          },
        ],
      ],
    ],
    fails: [
      [
        "metrics off",
        [
          {
            type: "aws:athena/workgroup:Workgroup",
            props: { configuration: { publishCloudwatchMetricsEnabled: false } },
          },
        ],
        "publishes no query metrics.",
      ],
    ],
  },
  "DataFirehose.1": {
    passes: [
      ["an encrypted delivery stream", [{ type: FIREHOSE, props: { serverSideEncryption: { enabled: true } } }]],
      [
        "one that reads a stream",
        [{ type: FIREHOSE, props: { kinesisSourceConfiguration: { kinesisStreamArn: "arn:aws:kinesis:::s" } } }],
      ],
    ],
    fails: [
      ["no encryption", [{ type: FIREHOSE, props: { destination: "extended_s3" } }], "is not encrypted at rest."],
      [
        "encryption off",
        [{ type: FIREHOSE, props: { serverSideEncryption: { enabled: false } } }],
        "is not encrypted at rest.",
      ],
    ],
  },
  "Glue.4": {
    passes: [
      ["Glue 5.0", [{ type: "aws:glue/job:Job", props: { command: { name: "glueetl" }, glueVersion: "5.0" } }]],
      ["Glue 3.0", [{ type: "aws:glue/job:Job", props: { command: {}, glueVersion: "3.0" } }]],
      ["a job without Spark", [{ type: "aws:glue/job:Job", props: { command: { name: "pythonshell" } } }]],
    ],
    fails: [
      [
        "Glue 2.0",
        [{ type: "aws:glue/job:Job", props: { command: { name: "gluestreaming" }, glueVersion: "2.0" } }],
        'glueVersion is "2.0".',
      ],
      ["no version", [{ type: "aws:glue/job:Job", props: { command: {} } }], "glueVersion is not set."],
    ],
  },
  "Kinesis.1": {
    passes: [["a KMS key", [{ type: STREAM, props: { encryptionType: "KMS", kmsKeyId: "alias/aws/kinesis" } }]]],
    fails: [
      ["no encryption", [{ type: STREAM, props: { name: "s" } }], "is not encrypted at rest."],
      ["NONE", [{ type: STREAM, props: { encryptionType: "NONE" } }], "is not encrypted at rest."],
    ],
  },
  "Kinesis.3": {
    passes: [
      ["a week", [{ type: STREAM, props: { retentionPeriod: 168 } }]],
      ["what is configured", [{ type: STREAM, props: { retentionPeriod: 48 } }], { minimumBackupRetentionPeriod: 48 }],
      ["an exempt stream", [{ type: STREAM, props: {} }], { exempt: { it: "it is replayed from its source" } }],
    ],
    fails: [
      ["the default", [{ type: STREAM, props: {} }], "keeps records for 24 hours instead of 168."],
      [
        "an hour less",
        [{ type: STREAM, props: { retentionPeriod: 167 } }],
        "keeps records for 167 hours instead of 168.",
      ],
      [
        "less than configured",
        [{ type: STREAM, props: { retentionPeriod: 168 } }],
        "keeps records for 168 hours instead of 720.",
        { minimumBackupRetentionPeriod: 720 },
      ],
      [
        "one beside an exempt stream",
        [{ type: STREAM, props: {} }],
        "keeps records for 24 hours instead of 168.",
        { exempt: { other: "another one" } },
      ],
    ],
  },
  "Lambda.1": {
    passes: [
      ["a service, by ARN", [{ type: PERMISSION, props: { principal: "events.amazonaws.com", sourceArn: "arn:…" } }]],
      [
        "S3, by account",
        [{ type: PERMISSION, props: { principal: "s3.amazonaws.com", sourceAccount: "111122223333" } }],
      ],
      ["an organization", [{ type: PERMISSION, props: { principal: "*", principalOrgId: "o-1" } }]],
    ],
    fails: [
      ["anyone", [{ type: PERMISSION, props: { principal: "*" } }], "allows anyone to invoke the function."],
      [
        "S3, by ARN alone",
        [{ type: PERMISSION, props: { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::b" } }],
        "allows S3 to invoke the function for buckets of any account.",
      ],
    ],
  },
  "Lambda.2": {
    passes: [
      ["Node.js 24", [{ type: FUNCTION, props: { runtime: "nodejs24.x" } }]],
      ["an image", [{ type: FUNCTION, props: { packageType: "Image" } }]],
      ["what is configured", [{ type: FUNCTION, props: { runtime: "nodejs26.x" } }], { runtimes: ["nodejs26.x"] }],
    ],
    fails: [
      ["Node.js 18", [{ type: FUNCTION, props: { runtime: "nodejs18.x" } }], "runtime nodejs18.x is not supported."],
    ],
  },
  "Lambda.5": {
    passes: [
      ["a function outside of VPCs", [{ type: FUNCTION, props: { runtime: "nodejs24.x" } }]],
      [
        "subnets of two zones",
        [
          { type: FUNCTION, props: { vpcConfig: { subnetIds: ["subnet-a", "subnet-b"], securityGroupIds: [] } } },
          subnet("a", "us-east-1a"),
          subnet("b", "us-east-1b"),
        ],
      ],
      [
        "subnets of another stack",
        [{ type: FUNCTION, props: { vpcConfig: { subnetIds: ["subnet-a", "subnet-b"], securityGroupIds: [] } } }],
      ],
    ],
    fails: [
      [
        "one subnet",
        [{ type: FUNCTION, props: { vpcConfig: { subnetIds: ["subnet-a"], securityGroupIds: [] } } }],
        "is in a single subnet.",
      ],
      [
        "two subnets of one zone",
        [
          { type: FUNCTION, props: { vpcConfig: { subnetIds: ["subnet-a", "subnet-b"], securityGroupIds: [] } } },
          subnet("a", "us-east-1a"),
          subnet("b", "us-east-1a"),
          subnet("c", "us-east-1c"),
        ],
        "all its subnets are in us-east-1a.",
      ],
    ],
  },
  "StepFunctions.1": {
    passes: [
      ["errors", [{ type: "aws:sfn/stateMachine:StateMachine", props: { loggingConfiguration: { level: "ERROR" } } }]],
    ],
    fails: [
      ["no logging", [{ type: "aws:sfn/stateMachine:StateMachine", props: {} }], "has no logging."],
      [
        "OFF",
        [{ type: "aws:sfn/stateMachine:StateMachine", props: { loggingConfiguration: { level: "OFF" } } }],
        "has no logging.",
      ],
    ],
  },
};
