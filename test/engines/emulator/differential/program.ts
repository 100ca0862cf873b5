/** One of each kind of resource that the calls speak to, under the same names on both accounts. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export const BUCKET = "differential-lake";
export const STREAM = "differential-stream";
export const DATABASE = "differential";
export const QUEUE = "differential-queue";
export const TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:differential-topic";
export const MACHINE_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:differential-machine";
export const FUNCTION = "differential-function";

const CODE =
  "exports.handler = async (event) => { if (event.fail) throw new TypeError('no'); return { got: event }; };";

export function differentialProgram(): void {
  const trust = (service: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    });
  const role = (name: string, service: string) =>
    new aws.iam.Role(name, { name, assumeRolePolicy: trust(service) }).arn;

  new aws.s3.Bucket("lake", { bucket: BUCKET });
  new aws.kinesis.Stream("stream", { name: STREAM, shardCount: 2 });
  const database = new aws.glue.CatalogDatabase("database", { name: DATABASE, description: "Of the calls" });
  new aws.glue.CatalogTable("table", {
    name: "rows",
    databaseName: database.name,
    tableType: "EXTERNAL_TABLE",
    parameters: { EXTERNAL: "TRUE", classification: "json" },
    partitionKeys: [{ name: "dt", type: "string" }],
    storageDescriptor: {
      location: `s3://${BUCKET}/rows/`,
      inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
      serDeInfo: { serializationLibrary: "org.openx.data.jsonserde.JsonSerDe" },
      columns: [{ name: "n", type: "bigint" }],
    },
  });
  new aws.athena.Workgroup("workgroup", {
    name: "differential",
    configuration: { resultConfiguration: { outputLocation: `s3://${BUCKET}/results/` } },
  });
  new aws.sfn.StateMachine("machine", {
    name: "differential-machine",
    roleArn: role("machine-role", "states.amazonaws.com"),
    definition: JSON.stringify({
      QueryLanguage: "JSONata",
      StartAt: "Say",
      States: { Say: { Type: "Pass", Output: { said: "{% $states.input.word & '!' %}" }, End: true } },
    }),
  });
  new aws.sns.Topic("topic", { name: "differential-topic" });
  new aws.sqs.Queue("queue", { name: QUEUE });
  new aws.cloudwatch.LogGroup("logs", { name: "differential-logs", retentionInDays: 7 });
  new aws.lambda.Function("function", {
    name: FUNCTION,
    role: role("function-role", "lambda.amazonaws.com"),
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.StringAsset(CODE),
    }),
  });
}
