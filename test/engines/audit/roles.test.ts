/** Each role grants what its code needs, and nothing that no code needs and no reviewed list names. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Declared } from "streamlake/testing";
import { policiesOf } from "./auditors";
import { shipped } from "./programs";

const ROOT = path.resolve(__dirname, "../../..");

/** What the code of a role does, and what AWS does in its name. */
interface Needs {
  readonly used: readonly string[];
  /** By the reason for it. */
  readonly reviewed: Readonly<Record<string, readonly string[]>>;
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

const NEEDS: Readonly<Record<string, (declared: Declared) => Needs>> = {
  "etl-plan-role": () => ({ used: ofHandler("planHours"), reviewed: { ...FUNCTION_LOGS, ...MISSING_KEYS } }),
  "etl-reconcile-role": () => ({ used: ofHandler("reconcile"), reviewed: { ...FUNCTION_LOGS, ...MISSING_KEYS } }),
  "replay-plan-role": () => ({ used: ofHandler("replayPlan"), reviewed: FUNCTION_LOGS }),
  "replay-chunk-role": () => ({ used: ofReplayBucket(), reviewed: { ...FUNCTION_LOGS, ...MISSING_KEYS } }),
  "router-router-role": () => ({
    used: ofHandler("router"),
    reviewed: {
      ...FUNCTION_LOGS,
      "the event source mapping reads the stream": [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      "the event source mapping writes failed batches": ["s3:ListBucket", "s3:PutObject"],
    },
  }),
  "etl-workflow-role": (declared) => ({ used: ofWorkflow(declared, "etl-workflow"), reviewed: WORKFLOW_LOGS }),
  "replay-workflow-role": (declared) => ({ used: ofWorkflow(declared, "replay-workflow"), reviewed: WORKFLOW_LOGS }),
  "etl-schedule-role": () => ({
    used: ["states:StartExecution"],
    reviewed: { "the scheduler reports starts that failed": ["sqs:SendMessage"] },
  }),
  "etl-job-role": () => ({
    used: ofJob(),
    reviewed: {
      "Spark reads rows and the script": ["s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket"],
      "Spark writes Parquet": ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
      "Glue writes the job's log": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    },
  }),
  "lake-crawler-role": () => ({
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
  return methods.map(actionOf);
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

const IAM_PREFIXES: Readonly<Record<string, string>> = { sfn: "states" };

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

/** The actions that all policies of a role grant. */
function granted({ resources }: Declared, role: string): string[] {
  const policies = resources.filter(({ type, inputs }) => type.endsWith(":RolePolicy") && inputs.role === role);
  const documents = Object.values(policiesOf(policies)) as { Statement: { Action: string[] }[] }[];
  return unique(documents.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)));
}

const unique = (actions: readonly string[]) => [...new Set(actions)].sort();

let declared: Declared;
beforeAll(async () => {
  declared = await shipped("prod", { "streamlake:replay": "true" });
});

test("every role of the shipped program is looked at", () => {
  const roles = declared.all("aws:iam/role:Role").map(({ name }) => name);
  expect(roles.sort()).toEqual(Object.keys(NEEDS).sort());
});

test.each(Object.keys(NEEDS))("%s grants what is used or reviewed, and all of it", (role) => {
  const { used, reviewed } = (NEEDS[role] as (declared: Declared) => Needs)(declared);
  expect(granted(declared, role)).toEqual(unique([...used, ...Object.values(reviewed).flat()]));
});
