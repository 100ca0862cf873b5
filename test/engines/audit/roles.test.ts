/** Each role grants what its code needs, and nothing that no code needs and no reviewed list names. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Declared } from "streamlake/testing";
import { policiesOf } from "./auditors";
import { everything, shipped } from "./programs";

const ROOT = path.resolve(__dirname, "../../..");

/** What the code of a role does, and what AWS does in its name. */
interface Needs {
  readonly used: readonly string[];
  /** By the reason for it. */
  readonly reviewed: Readonly<Record<string, readonly string[]>>;
  /** Keys that differ from `KEY_NEEDS`. */
  readonly keys?: Readonly<Record<string, string>>;
}

const FUNCTION_LOGS = { "Lambda writes the function's log": ["logs:CreateLogStream", "logs:PutLogEvents"] };
const MISSING_KEYS = { "S3 answers 404 instead of 403 for a missing key": ["s3:ListBucket"] };
/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const WORKFLOW_LOGS = {
  "Step Functions writes the workflow's log": [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
};

const STREAM_READS = {
  "the event source mapping reads the stream": [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
  ],
};
const FAILED_BATCHES = { "the event source mapping writes failed batches": ["s3:ListBucket", "s3:PutObject"] };

const ATHENA_QUERIES = {
  "it queries in the workgroup": [
    "athena:GetNamedQuery",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
    "athena:ListNamedQueries",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
  ],
  "Athena reads the catalog": [
    "glue:BatchGetPartition",
    "glue:GetDatabase",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
  ],
  "Athena reads objects and writes results": ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
};

const DATABASE_SECRET = { "the Data API reads the password for its caller": ["secretsmanager:GetSecretValue"] };
/** One key encrypts the database, its secret and the loads. */
const DATABASE_KEYS = { "secretsmanager:GetSecretValue": "kms:Decrypt lake-key" };

type NeedsOf = (declared: Declared, component: string) => Needs;

const workflow: NeedsOf = (declared, component) => ({
  used: ofWorkflow(declared, `${component}-workflow`),
  reviewed: WORKFLOW_LOGS,
});

/** By the end of the role's name, after that of its component. */
const NEEDS: Readonly<Record<string, NeedsOf>> = {
  "etl plan": () => ({ used: ofHandler("planHours"), reviewed: { ...FUNCTION_LOGS, ...MISSING_KEYS } }),
  "etl reconcile": () => ({ used: ofHandler("reconcile"), reviewed: { ...FUNCTION_LOGS, ...MISSING_KEYS } }),
  "etl workflow": workflow,
  "etl schedule": () => ({
    used: ["states:StartExecution"],
    reviewed: { "the scheduler reports starts that failed": ["sqs:SendMessage"] },
  }),
  "etl job": () => ({
    used: ofJob(),
    reviewed: {
      "Spark reads rows and the script": ["s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket"],
      "Spark writes Parquet": ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
      "Glue writes the job's log": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    },
  }),
  "replay plan": () => ({ used: ofHandler("replayPlan"), reviewed: FUNCTION_LOGS }),
  "replay chunk": () => ({ used: ofReplayBucket(), reviewed: { ...FUNCTION_LOGS, ...MISSING_KEYS } }),
  "replay workflow": workflow,
  "router router": () => ({
    used: ofHandler("router"),
    reviewed: { ...FUNCTION_LOGS, ...STREAM_READS, ...FAILED_BATCHES },
  }),
  "alerts alerts": () => ({ used: ofHandler("alerts"), reviewed: { ...FUNCTION_LOGS, ...STREAM_READS } }),
  "streamFunction handler": () => ({ used: [], reviewed: { ...FUNCTION_LOGS, ...STREAM_READS, ...FAILED_BATCHES } }),
  "serving handler": () => ({
    used: ofView("viewTable"),
    reviewed: { ...FUNCTION_LOGS, ...STREAM_READS, ...FAILED_BATCHES },
  }),
  "delivery transform": () => ({ used: ofHandler("delivery"), reviewed: FUNCTION_LOGS }),
  // Rows that become Parquet are only in the answer.
  "delivery transform to parquet": () => ({ used: [], reviewed: FUNCTION_LOGS }),
  /** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
  "delivery firehose": () => ({
    used: [],
    reviewed: {
      "Firehose reads the stream": Object.values(STREAM_READS).flat(),
      "Firehose invokes the function": ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
      "Firehose writes objects": [
        "s3:AbortMultipartUpload",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:PutObject",
      ],
      "Firehose writes its log": ["logs:PutLogEvents"],
    },
  }),
  "ingest handler": () => ({ used: ofRecordStream(), reviewed: FUNCTION_LOGS }),
  "ingest handler with views": () => ({ used: [...ofRecordStream(), ...ofView("viewItem")], reviewed: FUNCTION_LOGS }),
  "warehouse plan": () => ({
    used: [...ofHandler("loadWarehouse"), ...ofDataApi()],
    reviewed: { ...FUNCTION_LOGS, ...MISSING_KEYS, ...DATABASE_SECRET },
    keys: DATABASE_KEYS,
  }),
  "warehouse workflow": (declared, component) => ({
    used: ofWorkflow(declared, `${component}-workflow`),
    reviewed: { ...WORKFLOW_LOGS, ...DATABASE_SECRET },
    keys: DATABASE_KEYS,
  }),
  "warehouse copy": () => ({
    used: [],
    reviewed: { "COPY reads what a load has written": ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"] },
  }),
  callback: () => ({ used: [], reviewed: FUNCTION_LOGS }),
  user: () => ({
    used: [],
    reviewed: {
      ...FUNCTION_LOGS,
      "it sends records": ["kinesis:PutRecord", "kinesis:PutRecords"],
      "it sends records over HTTP": ["execute-api:Invoke"],
      "it registers schemas": ["glue:GetSchemaByDefinition", "glue:RegisterSchemaVersion"],
      "it starts state machines": ["states:StartExecution"],
      "it queries the warehouse": [
        "redshift-data:BatchExecuteStatement",
        "redshift-data:CancelStatement",
        "redshift-data:DescribeStatement",
        "redshift-data:ExecuteStatement",
        "redshift-data:GetStatementResult",
        "redshift-serverless:GetCredentials",
      ],
      ...ATHENA_QUERIES,
    },
  }),
  "dashboard source": () => ({
    used: [],
    reviewed: {
      ...ATHENA_QUERIES,
      "QuickSight follows its queries, and reads their results": [
        "athena:BatchGetQueryExecution",
        "athena:GetQueryResultsStream",
        "athena:ListQueryExecutions",
      ],
      "QuickSight shows authors the catalog": [
        "athena:GetDataCatalog",
        "athena:GetDatabase",
        "athena:GetTableMetadata",
        "athena:ListDatabases",
        "athena:ListTableMetadata",
      ],
      "Athena writes large results in parts": [
        "s3:AbortMultipartUpload",
        "s3:ListBucketMultipartUploads",
        "s3:ListMultipartUploadParts",
      ],
    },
  }),
  "lake crawler": () => ({
    used: [],
    reviewed: {
      "the crawler reads Parquet": ["s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket"],
      "the crawler writes its log": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      "the crawler updates the catalog": [
        "glue:BatchCreatePartition",
        "glue:BatchGetPartition",
        "glue:BatchUpdatePartition",
        "glue:CreatePartition",
        "glue:CreateTable",
        "glue:GetDatabase",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTables",
        "glue:UpdatePartition",
        "glue:UpdateTable",
      ],
    },
  }),
};

/** What a setting of a component adds to the needs of its functions. */
const ADDED = {
  registry: ["glue:GetSchemaVersion"],
  secrets: ["secretsmanager:GetSecretValue", "ssm:GetParameter"],
  consumer: ["kinesis:SubscribeToShard"],
  // https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
  "streaming ingestion": [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:ListStreams",
  ],
  // https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html, "Grant Firehose access to AWS Glue for data format conversion"
  conversion: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, "Required IAM permissions"
  vpc: [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ],
};

/** What reading and writing needs from the customer's key of the owner, `<action> <key>`. */
const KEY_NEEDS: Readonly<Record<string, string>> = {
  "dynamodb:BatchGetItem": "kms:Decrypt lake-key",
  "dynamodb:GetItem": "kms:Decrypt lake-key",
  "dynamodb:PutItem": "kms:Decrypt lake-key",
  "kinesis:PutRecords": "kms:GenerateDataKey stream-key",
  "kinesis:GetRecords": "kms:Decrypt stream-key",
  "s3:GetObject": "kms:Decrypt lake-key",
  "s3:PutObject": "kms:GenerateDataKey lake-key",
  "secretsmanager:GetSecretValue": "kms:Decrypt secret-key",
  "ssm:GetParameter": "kms:Decrypt secret-key",
};

interface Role {
  readonly needs: string;
  readonly component: string;
  readonly added?: readonly (keyof typeof ADDED)[];
}

/** The roles of the shipped program, which encrypts with AWS's own keys. */
const SHIPPED: Readonly<Record<string, Role>> = {
  "etl-plan-role": { needs: "etl plan", component: "etl" },
  "etl-reconcile-role": { needs: "etl reconcile", component: "etl" },
  "etl-workflow-role": { needs: "etl workflow", component: "etl" },
  "etl-schedule-role": { needs: "etl schedule", component: "etl" },
  "etl-job-role": { needs: "etl job", component: "etl" },
  "replay-plan-role": { needs: "replay plan", component: "replay" },
  "replay-chunk-role": { needs: "replay chunk", component: "replay" },
  "replay-workflow-role": { needs: "replay workflow", component: "replay" },
  "router-router-role": { needs: "router router", component: "router" },
  "lake-crawler-role": { needs: "lake crawler", component: "lake" },
};

/** The roles of all components with all options and customer's keys. */
const EVERYTHING: Readonly<Record<string, Role>> = {
  "all-h-plan-role": { needs: "etl plan", component: "all-h", added: ["vpc"] },
  "all-h-reconcile-role": { needs: "etl reconcile", component: "all-h", added: ["vpc"] },
  "all-h-workflow-role": { needs: "etl workflow", component: "all-h" },
  "all-h-schedule-role": { needs: "etl schedule", component: "all-h" },
  "all-h-job-role": { needs: "etl job", component: "all-h" },
  "all-p-plan-role": { needs: "replay plan", component: "all-p", added: ["vpc"] },
  "all-p-chunk-role": { needs: "replay chunk", component: "all-p", added: ["registry", "secrets", "vpc"] },
  "all-p-workflow-role": { needs: "replay workflow", component: "all-p" },
  "all-r-router-role": {
    needs: "router router",
    component: "all-r",
    added: ["registry", "secrets", "consumer", "vpc"],
  },
  "all-a-alerts-role": { needs: "alerts alerts", component: "all-a", added: ["registry", "secrets", "vpc"] },
  "all-f-handler-role": { needs: "streamFunction handler", component: "all-f", added: ["secrets", "vpc"] },
  "all-v-fold-handler-role": {
    needs: "serving handler",
    component: "all-v",
    added: ["registry", "secrets", "vpc"],
  },
  "all-d-transform-role": { needs: "delivery transform", component: "all-d", added: ["registry", "secrets", "vpc"] },
  "all-d-role": { needs: "delivery firehose", component: "all-d" },
  "all-n-transform-role": { needs: "delivery transform to parquet", component: "all-n", added: ["registry"] },
  "all-n-role": { needs: "delivery firehose", component: "all-n", added: ["conversion"] },
  "all-i-role": { needs: "dashboard source", component: "all-i" },
  "all-k-crawler-role": { needs: "lake crawler", component: "all-k" },
  "all-g-handler-role": { needs: "ingest handler", component: "all-g", added: ["vpc"] },
  "all-j-handler-role": { needs: "ingest handler", component: "all-j" },
  "all-w-handler-role": { needs: "ingest handler with views", component: "all-w" },
  "all-c-role": { needs: "callback", component: "all-c", added: ["secrets", "vpc"] },
  "all-u-role": { needs: "user", component: "all-u" },
  "all-x-plan-role": { needs: "warehouse plan", component: "all-x", added: ["vpc"] },
  "all-x-copy-role": { needs: "warehouse copy", component: "all-x", added: ["streaming ingestion"] },
  "all-x-workflow-role": { needs: "warehouse workflow", component: "all-x" },
  "all-x-schedule-role": { needs: "etl schedule", component: "all-x" },
  "all-l-crawler-role": { needs: "lake crawler", component: "all-l" },
};

/** By method of `ObjectStore`; methods whose names begin with one of these are of its kind. */
const STORE_ACTIONS: readonly (readonly [prefix: string, action: string])[] = [
  ["get", "s3:GetObject"],
  ["put", "s3:PutObject"],
  ["list", "s3:ListBucket"],
  ["delete", "s3:DeleteObject"],
];

/** The S3 actions of a handler, by the methods that its effects name: `Pick<ObjectStore, "get" | "list">`. */
function ofHandler(name: string): string[] {
  const source = fs.readFileSync(path.join(ROOT, `functions/${name}.ts`), "utf8");
  const picks = [...source.matchAll(/Pick<\s*ObjectStore,([^>]*)>/g)].map(([, methods]) => methods ?? "");
  if (picks.length === 0)
    throw new Error(`functions/${name}.ts names no methods of ObjectStore; its actions are unknown`);
  const methods = [
    ...new Set(picks.flatMap((pick) => [...pick.matchAll(/"(\w+)"/g)].map(([, method]) => method ?? ""))),
  ];
  return [...methods.map(actionOf), ...(/\breadonly topic: Topic;/.test(source) ? ["sns:Publish"] : [])];
}

function actionOf(method: string): string {
  const action = STORE_ACTIONS.find(([prefix]) => method.startsWith(prefix))?.[1];
  if (!action) throw new Error(`the method ${method} of a store has no action; add it to STORE_ACTIONS`);
  return action;
}

/** The S3 actions of a replayed chunk, by the methods of `ReplayBucket`. */
function ofReplayBucket(): string[] {
  const source = fs.readFileSync(path.join(ROOT, "lake/replay/run.ts"), "utf8");
  const members = /interface ReplayBucket \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? "";
  return [...members.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => actionOf(String(method)));
}

/** The actions of a view's calls of DynamoDB. */
function ofView(effect: string): string[] {
  const source = fs.readFileSync(path.join(ROOT, `functions/effects/${effect}.ts`), "utf8");
  return [...source.matchAll(/\bcall\("(\w+)"/g)].map(([, operation]) => `dynamodb:${operation}`);
}

/** The actions of the calls of the Data API. */
function ofDataApi(): string[] {
  const source = fs.readFileSync(path.join(ROOT, "functions/effects/warehouseDatabase.ts"), "utf8");
  return [...source.matchAll(/\b(?:call|finished)\("(\w+)"/g)].map(([, operation]) => `redshift-data:${operation}`);
}

/** The actions of the commands that are sent to Kinesis. */
function ofRecordStream(): string[] {
  const source = fs.readFileSync(path.join(ROOT, "functions/effects/recordStream.ts"), "utf8");
  return [...source.matchAll(/\bnew (Put\w+)Command\(/g)].map(([, operation]) => `kinesis:${operation}`);
}

/** The actions of boto3 calls in the Glue script. */
function ofJob(): string[] {
  const script = fs.readFileSync(path.join(ROOT, "jobs/flatten_hour.py"), "utf8");
  const calls = [...script.matchAll(/\bstore\.(get_object|put_object|delete_object)\(/g)];
  return [
    ...new Set(
      calls.map(([, call]) => `s3:${String(call).replace(/(^|_)(\w)/g, (_, _start, letter) => letter.toUpperCase())}`),
    ),
  ];
}

/** What Step Functions calls for an integration, `arn:aws:states:::<integration>`. */
const INTEGRATIONS: Readonly<Record<string, readonly string[]>> = {
  "lambda:invoke": ["lambda:InvokeFunction"],
  "sns:publish": ["sns:Publish"],
  "states:startExecution": ["states:StartExecution"],
  "glue:startJobRun": ["glue:StartJobRun"],
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
  "glue:startJobRun.sync": ["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun"],
};

const IAM_PREFIXES: Readonly<Record<string, string>> = { redshiftdata: "redshift-data", sfn: "states" };

function ofWorkflow(declared: Declared, name: string): string[] {
  const { definition } = declared.one(name).inputs;
  const resources = [...definition.matchAll(/"Resource":"arn:aws:states:::([^"]+)"/g)].map(([, found]) =>
    String(found),
  );
  return resources.flatMap((resource) => {
    const sdk = /^aws-sdk:(\w+):(\w)(\w+)$/.exec(resource);
    if (sdk) return [`${IAM_PREFIXES[sdk[1] as string] ?? sdk[1]}:${sdk[2]?.toUpperCase()}${sdk[3]}`];
    const actions = INTEGRATIONS[resource];
    if (!actions) throw new Error(`the integration ${resource} has no actions; add it to INTEGRATIONS`);
    return actions;
  });
}

/** The actions that all policies of a role grant; those on keys with the name of the key. */
function granted({ resources }: Pick<Declared, "resources">, role: string): string[] {
  const policies = resources.filter(({ type, inputs }) => type.endsWith(":RolePolicy") && inputs.role === role);
  const documents = Object.values(policiesOf(policies)) as { Statement: { Action: string[]; Resource: string[] }[] }[];
  return unique(
    documents.flatMap(({ Statement }) =>
      Statement.flatMap(({ Action, Resource }) =>
        Action.flatMap((action) =>
          action.startsWith("kms:") ? Resource.map((key) => `${action} ${key.split("/").at(-1)}`) : [action],
        ),
      ),
    ),
  );
}

function needed(declared: Declared, { needs, component, added = [] }: Role, hasKeys: boolean): string[] {
  const { used, reviewed, keys } = (NEEDS[needs] as NeedsOf)(declared, component);
  const keyNeeds: Readonly<Record<string, string>> = { ...KEY_NEEDS, ...keys };
  const actions = [...used, ...Object.values(reviewed).flat(), ...added.flatMap((setting) => ADDED[setting])];
  return unique([...actions, ...(hasKeys ? actions.flatMap((action) => keyNeeds[action] ?? []) : [])]);
}

const unique = (actions: readonly string[]) => [...new Set(actions)].sort();

const programs = {
  shipped: { roles: SHIPPED, hasKeys: false, declare: () => shipped("prod", { "streamlake:replay": "true" }) },
  everything: { roles: EVERYTHING, hasKeys: true, declare: () => everything("short names") },
} as const;

describe.each(Object.entries(programs))("%s", (_, { roles, hasKeys, declare }) => {
  let declared: Declared;
  beforeAll(async () => {
    declared = await declare();
  });

  test("every role is looked at", () => {
    const names = declared.all("aws:iam/role:Role").map(({ name }) => name);
    expect(names.sort()).toEqual(Object.keys(roles).sort());
  });

  test.each(Object.entries(roles))("%s grants what is used or reviewed, and all of it", (name, role) => {
    expect(granted(declared, name)).toEqual(needed(declared, role, hasKeys));
  });

  test.each(Object.entries(roles))("a grant that %s lacks, and one too many, are seen", (name, role) => {
    const statementOf = (change: (actions: string[]) => string[]) => ({
      resources: declared.resources.map((resource) => {
        if (!resource.type.endsWith(":RolePolicy") || resource.inputs.role !== name) return resource;
        const { Statement, ...document } = JSON.parse(resource.inputs.policy);
        const [first, ...others] = Statement;
        const policy = JSON.stringify({
          ...document,
          Statement: [...others, { ...first, Action: change(first.Action) }],
        });
        return { ...resource, inputs: { ...resource.inputs, policy } };
      }),
    });
    const expected = needed(declared, role, hasKeys);
    expect(
      granted(
        statementOf((actions) => [...actions, "s3:DeleteBucket"]),
        name,
      ),
    ).not.toEqual(expected);
    expect(
      granted(
        statementOf(() => []),
        name,
      ),
    ).not.toEqual(expected);
  });
});
