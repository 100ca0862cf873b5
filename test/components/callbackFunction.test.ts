/** CallbackFunction: what it declares, what its role may do, and what it refuses. */
import { CallbackFunction, type CallbackFunctionArgs } from "streamlake";
import { declare } from "streamlake/testing";
import { listed, packageOf, statements } from "./support/listed";

const hello = (args: Partial<CallbackFunctionArgs> = {}) => {
  new CallbackFunction("hello", { factory: () => () => "hello", ...args });
};

test("declares a function, its role with one policy, and its log group", async () => {
  expect(listed(await declare(hello))).toEqual([
    "aws:cloudwatch/logGroup:LogGroup hello-logs",
    "aws:iam/role:Role hello-role",
    "aws:iam/rolePolicy:RolePolicy hello-policy",
    "aws:lambda/function:Function hello-function",
    "streamlake:index:CallbackFunction hello",
  ]);
});

test("without permissions it may write its own logs and nothing else", async () => {
  const declared = await declare(hello);
  expect(statements(declared.one("hello-policy"))).toEqual([
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:hello-logs:*"],
    },
  ]);
  expect(JSON.parse(declared.one("hello-role").inputs.assumeRolePolicy)).toEqual({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
});

test("the function runs on Node.js 24 and arm64, with the defaults", async () => {
  const { code, ...inputs } = (await declare(hello)).one("hello-function").inputs;
  expect(inputs).toEqual({
    architectures: ["arm64"],
    environment: { variables: {} },
    handler: "index.handler",
    loggingConfig: { applicationLogLevel: "INFO", logFormat: "JSON", logGroup: "hello-logs", systemLogLevel: "WARN" },
    memorySize: 256,
    role: "arn:aws:iam::123456789012:role/hello-role",
    runtime: "nodejs24.x",
    timeout: 60,
  });
});

test("the package is one file that exports the handler", async () => {
  const code = await packageOf((await declare(hello)).one("hello-function"));
  const module = { exports: {} as { handler: () => string } };
  new Function("module", "exports", "require", code)(module, module.exports, require);
  expect(module.exports.handler()).toBe("hello");
});

test("every option reaches its resource", async () => {
  const declared = await declare(() =>
    hello({
      description: "Says hello",
      environment: { NAME: "you" },
      memoryMebibytes: 512,
      timeoutSeconds: 30,
      logRetentionDays: 7,
      reservedConcurrency: 5,
      permissions: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/*"] }],
    }),
  );
  expect(declared.one("hello-function").inputs).toMatchObject({
    description: "Says hello",
    environment: { variables: { NAME: "you" } },
    memorySize: 512,
    timeout: 30,
    reservedConcurrentExecutions: 5,
  });
  expect(declared.one("hello-logs").inputs).toEqual({ retentionInDays: 7 });
  expect(statements(declared.one("hello-policy"))[1]).toEqual({
    Effect: "Allow",
    Action: ["s3:GetObject"],
    Resource: ["arn:aws:s3:::a/*"],
  });
});

test("a transform changes what is declared", async () => {
  const declared = await declare(() =>
    hello({
      transform: {
        function: (args) => {
          args.tracingConfig = { mode: "Active" };
        },
        logs: (args) => {
          args.kmsKeyId = "arn:aws:kms:us-east-1:123456789012:key/logs";
        },
      },
    }),
  );
  expect(declared.one("hello-function").inputs.tracingConfig).toEqual({ mode: "Active" });
  expect(declared.one("hello-logs").inputs.kmsKeyId).toBe("arn:aws:kms:us-east-1:123456789012:key/logs");
});

const wrong: [string, object, string][] = [
  ["no callback", { factory: "index.handler" }, "factory is string; use an inline callback that returns the handler."],
  ["too little memory", { memoryMebibytes: 64 }, "memoryMebibytes is 64; use a whole number from 128 to 10240 MiB."],
  ["too long", { timeoutSeconds: 901 }, "timeoutSeconds is 901; use a whole number from 1 to 900 seconds."],
  ["not a number", { timeoutSeconds: Number.NaN }, "timeoutSeconds is NaN; use a whole number from 1 to 900 seconds."],
  ["odd retention", { logRetentionDays: 8 }, "logRetentionDays is 8; use one of 1, 3, 5, 7,"],
  ["concurrency", { reservedConcurrency: -1 }, "reservedConcurrency is -1; use a whole number from 0"],
];

test.each(wrong)("refuses %s", async (_, args, message) => {
  await expect(declare(() => hello(args as Partial<CallbackFunctionArgs>))).rejects.toThrow(
    `CallbackFunction "hello": ${message}`,
  );
});

const tooWide: [string, object, string][] = [
  [
    "any action",
    { actions: ["s3:*"], resources: ["a"] },
    '"s3:*" is not one exact action; name each, as "s3:PutObject".',
  ],
  ["all actions", { actions: ["*"], resources: ["a"] }, '"*" is not one exact action'],
  ["any resource", { actions: ["s3:GetObject"], resources: ["*"] }, 'resource "*" for s3:GetObject; name the ARN or'],
  ["nothing", { actions: [], resources: ["a"] }, "a permission needs at least one action and one resource"],
];

test.each(tooWide)("refuses a permission for %s", async (_, permission, message) => {
  await expect(declare(() => hello({ permissions: [permission as never] }))).rejects.toThrow(
    `CallbackFunction "hello": ${message}`,
  );
});
