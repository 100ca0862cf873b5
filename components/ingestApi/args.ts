/** The arguments of IngestApi, and their checks. */
import type * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import type * as pulumi from "@pulumi/pulumi";
import { isPointer, type PartitionKeySource } from "../../lake/ingest/partitionKey";
import { type CallbackFunctionTransform, functionNames } from "../callbackFunction";
import type { StreamSource } from "../existing/stream";
import { type VpcArgs, vpcProblems } from "../function/vpc";
import type { AlarmsArgs } from "../parts/alarm";
import { choiceProblem, LOG_RETENTION_DAYS, wholeNumberProblem } from "../parts/checks";
import { nameProblems } from "../parts/names";
import type { TagsArgs } from "../parts/tags";
import type { Transform } from "../parts/transform";
import type { ServingTable } from "../servingTable";

export interface IngestApiArgs extends TagsArgs {
  /** The stream that takes the records: a `StreamIngest`, an `aws.kinesis.Stream`, or `{ streamArn }` of one that exists. */
  stream: StreamSource;
  /**
   * Who may send and read. With `"AWS_IAM"`, requests are signed with AWS credentials whose policy has `invokeAccess()` or
   * `readAccess()`. With `"JWT"`, they carry a token of `jwt`. With `"NONE"`, everybody on the internet may write to the
   * stream and read the views, and the policy pack reports it (APIGateway.8).
   * @default "AWS_IAM"
   */
  authorization?: "AWS_IAM" | "JWT" | "NONE";
  /** The tokens that `"JWT"` accepts. @default none: needed with it */
  jwt?: JwtArgs;
  /**
   * The source of a record's stream partition key; records with the same key go to the same shard, in their order. A digest of the
   * record is the key where no source has a value.
   * @default none: the digest, which spreads records evenly
   * @example partitionKey: { header: "x-customer", pointer: "/customer/id", column: "CustomerID" }
   */
  partitionKey?: PartitionKeyArgs;
  /**
   * The views whose items `GET /<name>/<key>` answers, at most 20, each by its name in the path. With `"AWS_IAM"`, clients need
   * `readAccess()`.
   * @default none
   * @example views: { customers: servingTable }
   */
  views?: Readonly<Record<string, ServingTable>>;
  /** Maximum rows of CSV in one record of a batch, 1 to 10000. @default `defaults.ingest.rowsPerRecord` (50) */
  rowsPerRecord?: number;
  /** Maximum records of one batch, 1 to 20000. @default `defaults.ingest.recordsPerBatch` (20000) */
  recordsPerBatch?: number;
  /**
   * Maximum size of a record with its stream partition key, KiB, 1 to 10240; at most that of the stream.
   * @default `defaults.ingest.maxRecordKibibytes` (1024)
   */
  maxRecordKibibytes?: number;
  /** Requests a second before API Gateway answers 429, 1 to 10000. @default `defaults.ingest.requestsPerSecond` (100) */
  requestsPerSecond?: number;
  /** Requests at once before API Gateway answers 429, 1 to 5000. @default `defaults.ingest.burstRequests` (200) */
  burstRequests?: number;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.ingest.memoryMebibytes` (1024) */
  memoryMebibytes?: number;
  /** How long the access logs and the function's log are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** The network of the function. @default none: Lambda's own network */
  vpc?: VpcArgs;
  /** An alarm on answers of status 5xx. CloudWatch charges for it. @default none */
  alarms?: AlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: IngestApiTransform;
}

export interface JwtArgs {
  /** The issuer, `iss` in tokens; its OpenID discovery document leads API Gateway to the keys. @example "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a1B2c3D4e" */
  issuer: pulumi.Input<string>;
  /** Accepted audiences, `aud` or `client_id` in tokens; at least one. */
  audiences: pulumi.Input<pulumi.Input<string>[]>;
  /** Scopes of which a token must have one. @default none: any token of the issuer for the audiences */
  scopes?: pulumi.Input<pulumi.Input<string>[]>;
}

/** The first source with a value decides. */
export interface PartitionKeyArgs {
  /** Name of a request header, whose value is the key of all records of the request. @default none */
  header?: string;
  /** JSON pointer to a string, number or boolean of each JSON record. @default none */
  pointer?: string;
  /** Column of CSV batches; a record ends where its value changes. @default none */
  column?: string;
}

export interface IngestApiTransform {
  api?: Transform<apigatewayv2.ApiArgs>;
  authorizer?: Transform<apigatewayv2.AuthorizerArgs>;
  integration?: Transform<apigatewayv2.IntegrationArgs>;
  route?: Transform<apigatewayv2.RouteArgs>;
  stage?: Transform<apigatewayv2.StageArgs>;
  accessLogs?: Transform<cloudwatch.LogGroupArgs>;
  function?: CallbackFunctionTransform;
  permission?: Transform<lambda.PermissionArgs>;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

export function ingestApiProblems(name: string, args: IngestApiArgs): (string | undefined)[] {
  const { rowsPerRecord, recordsPerBatch, maxRecordKibibytes, requestsPerSecond, burstRequests, memoryMebibytes } =
    args;
  return [
    ...nameProblems(name, [...functionNames("-handler"), ["log group", "-access-logs"]]),
    choiceProblem("authorization", args.authorization, ["AWS_IAM", "JWT", "NONE"]),
    ...jwtProblems(args),
    ...partitionKeyProblems(args.partitionKey ?? {}),
    ...viewsProblems(args.views),
    wholeNumberProblem("rowsPerRecord", rowsPerRecord, { min: 1, max: 10_000, unit: "rows" }),
    // An answer has about 160 bytes for each record, and Lambda's answers have at most 6 MB.
    wholeNumberProblem("recordsPerBatch", recordsPerBatch, { min: 1, max: 20_000, unit: "records" }),
    wholeNumberProblem("maxRecordKibibytes", maxRecordKibibytes, { min: 1, max: 10_240, unit: "KiB" }),
    wholeNumberProblem("requestsPerSecond", requestsPerSecond, { min: 1, max: 10_000, unit: "requests" }),
    wholeNumberProblem("burstRequests", burstRequests, { min: 1, max: 5_000, unit: "requests" }),
    wholeNumberProblem("memoryMebibytes", memoryMebibytes, { min: 128, max: 10_240, unit: "MiB" }),
    choiceProblem("logRetentionDays", args.logRetentionDays, LOG_RETENTION_DAYS),
    ...vpcProblems(args.vpc),
  ];
}

function jwtProblems({ authorization = "AWS_IAM", jwt }: IngestApiArgs): (string | undefined)[] {
  if (authorization !== "JWT") {
    return [
      jwt && `jwt is given, but authorization is "${authorization}"; set authorization to "JWT", or leave jwt out.`,
    ];
  }
  if (!jwt) return [`authorization is "JWT" without jwt; give its issuer and audiences.`];
  const { issuer, audiences } = jwt;
  return [
    typeof issuer === "string" && !/^https?:\/\/./.test(issuer)
      ? `jwt.issuer is "${issuer}"; use a URL, as "https://login.example.com/".`
      : undefined,
    audiences === undefined || (Array.isArray(audiences) && audiences.length === 0)
      ? "jwt.audiences is empty; give at least one."
      : undefined,
  ];
}

/** The environment of a function has at most 4 KB. */
const MAX_VIEWS = 20;
const RECORD_PATHS = ["records", "batches"];

function viewsProblems(views: unknown = {}): (string | undefined)[] {
  if (typeof views !== "object" || views === null) {
    return [`views is ${typeof views}; use names with a ServingTable each, as { customers: servingTable }.`];
  }
  const entries = Object.entries(views);
  return [
    entries.length > MAX_VIEWS ? `views has ${entries.length} views; use at most ${MAX_VIEWS}.` : undefined,
    ...entries.flatMap(([view, table]) => [
      /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(view)
        ? undefined
        : `views: "${view}" is not a name; use at most 64 letters, digits, "-" and "_", the first a letter.`,
      RECORD_PATHS.includes(view) ? `views: "${view}" is a path that takes records; use another name.` : undefined,
      typeof (Object(table) as ServingTable).itemAccess === "function"
        ? undefined
        : `views: "${view}" is not a ServingTable; give the component itself.`,
    ]),
  ];
}

/** Access logs and metrics show stream partition keys to more people than headers. */
const SECRET_HEADERS = ["authorization", "cookie", "x-amz-security-token"];

function partitionKeyProblems({ header, pointer, column }: PartitionKeySource): (string | undefined)[] {
  return [
    header === undefined || /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(header)
      ? undefined
      : `partitionKey.header is "${header}"; use the name of a header, as "x-customer".`,
    SECRET_HEADERS.includes(header?.toLowerCase() ?? "")
      ? `partitionKey.header is "${header}", whose value is secret; use another header.`
      : undefined,
    pointer === undefined || isPointer(pointer)
      ? undefined
      : `partitionKey.pointer is "${pointer}"; use a JSON pointer, as "/customer/id".`,
    column === "" ? `partitionKey.column is ""; use the name of a column.` : undefined,
  ];
}
