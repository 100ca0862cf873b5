/** Kinds of resources for the model of the provider: what each needs, its inputs in several variants, and what the cloud says of it. */
import { asset } from "@pulumi/pulumi";
import { ServiceError } from "../../../../local/cloud/service";
import type { IamService } from "../../../../local/services/iam/service";
import type { ProviderWorld } from "./world";

/** A resource of the model: its physical name is its own, and it knows what it stands on. */
export interface Node {
  readonly kind: string;
  readonly name: string;
  readonly on: Readonly<Record<string, string>>;
}

export interface Kind {
  readonly type: string;
  /** The kinds that it stands on, one of each. */
  readonly on: readonly string[];
  /** False where every change is a replacement. @default true */
  readonly changes?: boolean;
  inputs(node: Node, variant: number): Record<string, unknown>;
  /** The variant that the cloud answers with; undefined where it answers that there is none. */
  observe(world: ProviderWorld, node: Node): Promise<unknown>;
  /** What `observe` is to be of a variant. */
  expected(node: Node, variant: number): unknown;
}

const ACCOUNT = "000000000000";
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const trust = document({
  Effect: "Allow",
  Principal: { Service: ["lambda.amazonaws.com", "states.amazonaws.com", "scheduler.amazonaws.com"] },
  Action: "sts:AssumeRole",
});
const iam = (world: ProviderWorld) => world.cloud.service("iam") as IamService;

/** The answer, or undefined for any of AWS's errors for what is not there. */
async function found<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ServiceError && /NotFound|NoSuch|DoesNotExist|InvalidRequest/.test(error.code))
      return undefined;
    throw error;
  }
}

export const KINDS: Readonly<Record<string, Kind>> = {
  role: {
    type: "aws:iam/role:Role",
    on: [],
    inputs: ({ name }, variant) => ({ name, assumeRolePolicy: trust, description: String(variant) }),
    observe: async (world, { name }) => iam(world).roles.named(name)?.name,
    expected: ({ name }) => name,
  },
  rolePolicy: {
    type: "aws:iam/rolePolicy:RolePolicy",
    on: ["role"],
    inputs: ({ name, on }, variant) => ({
      name,
      role: on.role,
      policy: document({ Effect: "Allow", Action: ["kinesis:*", `sns:Publish${variant}`], Resource: "*" }),
    }),
    observe: async (world, { name, on }) =>
      iam(world).roles.named(String(on.role))?.policies.get(name)?.[0]?.actions[1],
    expected: (_node, variant) => `sns:Publish${variant}`,
  },
  bucket: {
    type: "aws:s3/bucket:Bucket",
    on: [],
    inputs: ({ name }, variant) => ({ bucket: name, tags: { variant: String(variant) } }),
    observe: async (world, { name: Bucket }) =>
      (await found(world.call("s3", "GetBucketLocation", { Bucket }))) !== undefined,
    expected: () => true,
  },
  object: {
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    on: ["bucket"],
    inputs: ({ name, on }, variant) => ({ bucket: on.bucket, key: name, content: "x".repeat(variant) }),
    observe: async (world, { name: Key, on }) =>
      (await found(world.call("s3", "HeadObject", { Bucket: on.bucket, Key })))?.ContentLength,
    expected: (_node, variant) => variant,
  },
  stream: {
    type: "aws:kinesis/stream:Stream",
    on: [],
    inputs: ({ name }, variant) => ({ name, shardCount: 1, retentionPeriod: 24 + variant }),
    observe: async (world, { name: StreamName }) =>
      (
        await found(
          world.call<{ StreamDescriptionSummary: { RetentionPeriodHours: number } }>(
            "kinesis",
            "DescribeStreamSummary",
            { StreamName },
          ),
        )
      )?.StreamDescriptionSummary.RetentionPeriodHours,
    expected: (_node, variant) => 24 + variant,
  },
  topic: {
    type: "aws:sns/topic:Topic",
    on: [],
    inputs: ({ name }, variant) => ({ name, displayName: String(variant) }),
    observe: async (world, { name }) =>
      (await found(world.call("sns", "Publish", { TopicArn: arn("sns", name), Message: "m" }))) !== undefined,
    expected: () => true,
  },
  logGroup: {
    type: "aws:cloudwatch/logGroup:LogGroup",
    on: [],
    inputs: ({ name }, variant) => ({ name, retentionInDays: variant }),
    observe: async (world, { name: logGroupNamePrefix }) => {
      const input = { logGroupNamePrefix };
      const { logGroups } = await world.call<{ logGroups: { retentionInDays: number }[] }>(
        "logs",
        "DescribeLogGroups",
        input,
      );
      return logGroups[0]?.retentionInDays;
    },
    expected: (_node, variant) => variant,
  },
  function: {
    type: "aws:lambda/function:Function",
    on: ["role"],
    inputs: ({ name, on }, variant) => ({
      name,
      role: roleArn(String(on.role)),
      runtime: "nodejs24.x",
      handler: "index.handler",
      code: new asset.AssetArchive({
        "index.js": new asset.StringAsset(`exports.handler = async () => [${variant}, process.pid];`),
      }),
    }),
    observe: async (world, { name: FunctionName }) => {
      const answer = await found(world.call<{ Payload: Uint8Array }>("lambda", "Invoke", { FunctionName }));
      if (!answer) return undefined;
      const [variant, pid] = JSON.parse(Buffer.from(answer.Payload).toString()) as [number, number];
      PROCESSES.add(pid);
      return variant;
    },
    expected: (_node, variant) => variant,
  },
  mapping: {
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    on: ["function", "stream", "rolePolicy"],
    inputs: ({ on }, variant) => ({
      eventSourceArn: arn("kinesis", `stream/${on.stream}`),
      functionName: on.function,
      startingPosition: "TRIM_HORIZON",
      batchSize: variant,
    }),
    // There is no API to ask for it here; a second one beside it is refused.
    observe: async (world, { on }) => {
      const again = world.make("aws:lambda/eventSourceMapping:EventSourceMapping", "again", {
        eventSourceArn: arn("kinesis", `stream/${on.stream}`),
        functionName: on.function,
        startingPosition: "LATEST",
        enabled: false,
      });
      try {
        await world.provider.delete("aws:lambda/eventSourceMapping:EventSourceMapping", (await again).id);
        return undefined;
      } catch (error) {
        return ((error as Error).cause as ServiceError).code === "ResourceConflictException" || undefined;
      }
    },
    expected: () => true,
  },
  machine: {
    type: "aws:sfn/stateMachine:StateMachine",
    on: ["role"],
    inputs: ({ name, on }, variant) => ({
      name,
      roleArn: roleArn(String(on.role)),
      definition: JSON.stringify({
        QueryLanguage: "JSONata",
        StartAt: "A",
        States: { A: { Type: "Wait", Seconds: variant, End: true } },
      }),
    }),
    observe: async (world, { name }) => {
      const stateMachineArn = arn("states", `stateMachine:${name}`);
      const machine = await found(
        world.call<{ definition: string }>("states", "DescribeStateMachine", { stateMachineArn }),
      );
      if (machine) await world.call("states", "StartExecution", { stateMachineArn });
      return machine && JSON.parse(machine.definition).States.A.Seconds;
    },
    expected: (_node, variant) => variant,
  },
  schedule: {
    type: "aws:scheduler/schedule:Schedule",
    on: ["machine", "role"],
    inputs: ({ name, on }, variant) => ({
      name,
      scheduleExpression: `rate(${variant + 1} hours)`,
      target: { arn: arn("states", `stateMachine:${on.machine}`), roleArn: roleArn(String(on.role)) },
    }),
    // Its role may not start anything: firing it says so, and that it is there.
    observe: async (world, { name }) =>
      (await world.cloud.fireSchedules(new Date("2026-11-20T10:00:00Z"))).some((fired) => fired.schedule === name) ||
      undefined,
    expected: () => true,
  },
  database: {
    type: "aws:glue/catalogDatabase:CatalogDatabase",
    on: [],
    inputs: ({ name }, variant) => ({ name, description: String(variant) }),
    observe: async (world, { name: Name }) =>
      (await found(world.call<{ Database: { Description: string } }>("glue", "GetDatabase", { Name })))?.Database
        .Description,
    expected: (_node, variant) => String(variant),
  },
  table: {
    type: "aws:glue/catalogTable:CatalogTable",
    on: ["database"],
    inputs: ({ name, on }, variant) => ({ name, databaseName: on.database, description: String(variant) }),
    observe: async (world, { name: Name, on }) => {
      const input = { DatabaseName: on.database, Name };
      return (await found(world.call<{ Table: { Description: string } }>("glue", "GetTable", input)))?.Table
        .Description;
    },
    expected: (_node, variant) => String(variant),
  },
  workgroup: {
    type: "aws:athena/workgroup:Workgroup",
    on: [],
    inputs: ({ name }, variant) => ({ name, description: String(variant) }),
    observe: async (world, { name: WorkGroup }) =>
      (await found(world.call<{ WorkGroup: { Description: string } }>("athena", "GetWorkGroup", { WorkGroup })))
        ?.WorkGroup.Description,
    expected: (_node, variant) => String(variant),
  },
  namedQuery: {
    type: "aws:athena/namedQuery:NamedQuery",
    on: ["workgroup"],
    changes: false,
    inputs: ({ name, on }, variant) => ({ name, database: "d", query: `SELECT ${variant}`, workgroup: on.workgroup }),
    observe: async (world, { on }) => {
      const input = { WorkGroup: on.workgroup };
      const listed = await found(world.call<{ NamedQueryIds: string[] }>("athena", "ListNamedQueries", input));
      return listed && listed.NamedQueryIds.length > 0 ? true : undefined;
    },
    expected: () => true,
  },
};

/** The processes that functions have told of. */
export const PROCESSES = new Set<number>();
