/** Functions run as Lambda runs them: environment, context, errors as it words them, ends of every kind. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { LambdaFunction } from "../../../../local/services/lambda/lambdaFunction";
import { FunctionWorld } from "../../support/functionWorld";

let world: FunctionWorld;
beforeEach(() => {
  world = new FunctionWorld();
});
afterEach(() => world.end());

function call(target: LambdaFunction, event: string) {
  return target.invoke(Buffer.from(event));
}

function logsOf(name: string): string {
  const directory = path.join(world.directory, "logs", "aws", "lambda", name);
  const files = readdirSync(directory, { recursive: true }).map(String);
  const logs = files.filter((file) => file.endsWith(".log"));
  return logs.map((file) => readFileSync(path.join(directory, file), "utf8")).join("");
}

test("a response comes back as JSON, whatever characters it holds", async () => {
  const echo = world.make("echo", "exports.handler = async (event) => ({ got: event });");
  const end = await call(echo, '{"text":"ünï ✓ 😀"}');
  expect(end).toEqual({ requestId: end.requestId, payload: '{"got":{"text":"ünï ✓ 😀"}}' });
});

test("nothing returned is null", async () => {
  const silent = world.make("silent", "exports.handler = async () => {};");
  expect((await call(silent, "{}")).payload).toBe("null");
});

test("a process stays warm for the next invocation", async () => {
  const counter = world.make("counter", "let calls = 0; exports.handler = async () => ++calls;");
  expect((await call(counter, "{}")).payload).toBe("1");
  expect((await call(counter, "{}")).payload).toBe("2");
});

test("ended calls are counted with their time, also those that fail", async () => {
  const odd = world.make("odd", 'exports.handler = async ({ fail }) => { if (fail) throw new Error("no"); };');
  expect(odd.calls).toEqual({ name: "odd", memoryMebibytes: 128, calls: 0, millis: 0 });
  await call(odd, "{}");
  await call(odd, '{"fail":true}');
  expect(odd.calls).toMatchObject({ name: "odd", calls: 2 });
});

test("invocations at once run in processes of their own", async () => {
  const slow = world.make(
    "slow",
    "exports.handler = async () => { await new Promise((go) => setTimeout(go, 200)); return process.pid; };",
  );
  const ends = await Promise.all([call(slow, "{}"), call(slow, "{}")]);
  expect(new Set(ends.map((end) => end.payload)).size).toBe(2);
});

test("invocations beyond the places of the machine wait for one", async () => {
  const counter = world.make("counter", "let calls = 0; exports.handler = async () => ++calls;", {}, 1);
  const ends = await Promise.all([call(counter, "{}"), call(counter, "{}"), call(counter, "{}")]);
  expect(ends.map((end) => end.payload)).toEqual(["1", "2", "3"]);
});

test("an invocation beyond the reserved concurrency is throttled", async () => {
  const one = world.make("one", "exports.handler = async () => 1;", { reservedConcurrentExecutions: 1 });
  const first = call(one, "{}");
  await expect(call(one, "{}")).rejects.toMatchObject({ code: "TooManyRequestsException", status: 429 });
  expect((await first).payload).toBe("1");
});

test("the environment is Lambda's, with the way to local, and nothing of this process", async () => {
  process.env.SECRET_OF_THE_PARENT = "1";
  const inputs = {
    environment: { variables: { LAKE_BUCKET: "lake" } },
    memorySize: 256,
    loggingConfig: { logGroup: "g" },
  };
  const show = world.make("show", "exports.handler = async () => process.env;", inputs);
  const { AWS_LAMBDA_LOG_STREAM_NAME, PATH, ...environment } = JSON.parse((await call(show, "{}")).payload);
  delete process.env.SECRET_OF_THE_PARENT;
  expect(AWS_LAMBDA_LOG_STREAM_NAME).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  expect(PATH).toBe(process.env.PATH);
  expect(environment).toEqual({
    LAKE_BUCKET: "lake",
    EXPOSE_HOOK_ERRORS: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: "index.handler",
    LAMBDA_TASK_ROOT: path.join(world.directory, "lambda", "show"),
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: "show",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: "g",
    AWS_ACCESS_KEY_ID: "ASIA1",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
  });
});

test("the context says what Lambda's says", async () => {
  const show = world.make(
    "show",
    "exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });",
    { timeout: 7 },
  );
  const end = await call(show, "{}");
  const { left, logStreamName, ...context } = JSON.parse(end.payload);
  expect(left).toBeGreaterThan(5_000);
  expect(left).toBeLessThanOrEqual(7_000);
  expect(logStreamName).toMatch(/\[\$LATEST\]/);
  expect(context).toEqual({
    awsRequestId: end.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: "show",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:show",
    logGroupName: "/aws/lambda/show",
    memoryLimitInMB: "128",
  });
});

test("an error that a handler throws is worded as Lambda words it, and the process stays", async () => {
  const moody = world.make(
    "moody",
    'let calls = 0; exports.handler = async () => { if (++calls === 1) throw new RangeError("too far"); return calls; };',
  );
  const { functionError, payload } = await call(moody, "{}");
  expect(functionError).toBe("Unhandled");
  expect(JSON.parse(payload)).toEqual({
    errorType: "RangeError",
    errorMessage: "too far",
    trace: expect.arrayContaining(["RangeError: too far"]),
  });
  expect((await call(moody, "{}")).payload).toBe("2");
});

test("a handler that takes too long is killed, and the next call gets a new process", async () => {
  const slow = world.make("slow", "exports.handler = async (event) => event.wait && new Promise(() => {});", {
    timeout: 1,
  });
  const end = await call(slow, '{"wait":true}');
  expect(JSON.parse(end.payload)).toEqual({
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${end.requestId} Error: Task timed out after 1.00 seconds`,
  });
  expect((await call(slow, '{"wait":false}')).payload).toBe("false");
});

test("a handler that never lets go of the processor is killed too", async () => {
  const busy = world.make("busy", "exports.handler = async () => { for (;;); };", { timeout: 1 });
  expect(JSON.parse((await call(busy, "{}")).payload).errorType).toBe("Sandbox.Timedout");
});

test.each([
  ["exits", "process.exit(3)", "exit status 3"],
  ["is killed", 'process.kill(process.pid, "SIGKILL")', "signal: killed"],
])("a process that %s ends its invocation with Runtime.ExitError", async (_name, statement, how) => {
  const broken = world.make("broken", `exports.handler = async () => { ${statement}; return new Promise(() => {}); };`);
  const end = await call(broken, "{}");
  expect(JSON.parse(end.payload)).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${end.requestId} Error: Runtime exited with error: ${how}`,
  });
});

test("a rejection that nobody handles ends the invocation and the process", async () => {
  const careless = world.make(
    "careless",
    'exports.handler = async () => { Promise.reject(new Error("lost")); return new Promise(() => {}); };',
  );
  const end = JSON.parse((await call(careless, "{}")).payload);
  expect(end).toMatchObject({ errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "lost" });
});

test("a package that does not load is an error of every invocation", async () => {
  const broken = world.make("broken", 'require("not-there");');
  for (let round = 0; round < 2; round++) {
    const { functionError, payload } = await call(broken, "{}");
    expect(functionError).toBe("Unhandled");
    expect(JSON.parse(payload).errorMessage).toContain("Cannot find module 'not-there'");
  }
});

test("a handler that is not exported is an error", async () => {
  const empty = world.make("empty", "exports.other = 1;");
  expect(JSON.parse((await call(empty, "{}")).payload)).toMatchObject({
    errorType: "Runtime.HandlerNotFound",
    errorMessage: "index.handler is undefined or not exported",
  });
});

test("an event beyond Lambda's limit is refused, a full one arrives whole", async () => {
  const length = world.make("length", "exports.handler = async (event) => event.text.length;");
  expect((await call(length, JSON.stringify({ text: "x".repeat(6_291_500) }))).payload).toBe("6291500");
  await expect(call(length, JSON.stringify({ text: "x".repeat(6_291_556) }))).rejects.toMatchObject({
    code: "RequestTooLargeException",
  });
});

test("a response beyond Lambda's limit is an error", async () => {
  const wordy = world.make("wordy", 'exports.handler = async () => "x".repeat(6_291_555);');
  expect(JSON.parse((await call(wordy, "{}")).payload).errorType).toBe("Function.ResponseSizeTooLarge");
});

test("what a function prints is in its log group's directory, between START and REPORT", async () => {
  const chatty = world.make("chatty", 'exports.handler = async () => { console.log("hello %d", 7); };');
  const { requestId } = await call(chatty, "{}");
  await chatty.stop();
  const lines = logsOf("chatty").trimEnd().split("\n");
  expect(lines[0]).toBe(`START RequestId: ${requestId} Version: $LATEST`);
  expect(lines[1]).toMatch(new RegExp(`^\\d{4}-\\S+Z\\t${requestId}\\tINFO\\thello 7$`));
  expect(lines[2]).toBe(`END RequestId: ${requestId}`);
  expect(lines[3]).toMatch(/^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tMemory Size: 128 MB$/);
});

test("with JSON logs every line is an object, from the declared levels on", async () => {
  const chatty = world.make(
    "chatty",
    'exports.handler = async () => { console.debug("low"); console.error({ rows: 3 }); throw new Error("no"); };',
    {
      loggingConfig: { logFormat: "JSON", systemLogLevel: "WARN" },
    },
  );
  const { requestId } = await call(chatty, "{}");
  await chatty.stop();
  const lines = logsOf("chatty").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { timestamp: expect.any(String), level: "ERROR", requestId, message: { rows: 3 } },
    {
      timestamp: expect.any(String),
      level: "ERROR",
      requestId,
      errorType: "Error",
      errorMessage: "no",
      stackTrace: expect.any(Array),
    },
  ]);
});

test("stopping ends the processes, also those at work", async () => {
  const pid = world.make("pid", "exports.handler = async (event) => event.wait ? new Promise(() => {}) : process.pid;");
  const idle = Number((await call(pid, "{}")).payload);
  const atWork = call(pid, '{"wait":true}');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await pid.stop();
  expect(JSON.parse((await atWork).payload).errorType).toBe("Runtime.ExitError");
  expect(() => process.kill(idle, 0)).toThrow("ESRCH");
  await expect(call(pid, "{}")).rejects.toThrow('function "pid" is called after the run has ended');
});

test("a process is in a group of its own, so that Ctrl-C at the terminal does not end an invocation", async () => {
  const pid = world.make("pid", "exports.handler = async () => process.pid;");
  const child = Number((await call(pid, "{}")).payload);
  expect(process.kill(-child, 0)).toBe(true);
});

test("a process beyond its memory ends its invocation", async () => {
  const hungry = world.make(
    "hungry",
    "exports.handler = async () => { const held = []; for (;;) held.push(new Array(1e5).fill({})); };",
    {
      timeout: 30,
    },
  );
  const end = await call(hungry, "{}");
  expect(JSON.parse(end.payload)).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${end.requestId} Error: Runtime exited with error: signal: aborted`,
  });
}, 40_000);

test("what a handler leaves behind goes on after its response", async () => {
  const code = "let late = 0; exports.handler = async () => { setTimeout(() => late++, 10); return late; };";
  const untidy = world.make("untidy", code);
  await call(untidy, "{}");
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect((await call(untidy, "{}")).payload).toBe("1");
});
