/** The service integrations: what they call, as whom, what they answer, and what their errors are named. */

import type { Json } from "../../../../local/cloud/json";
import { ServiceError } from "../../../../local/cloud/service";
import { integrations } from "../../../../local/services/stepFunctions/integrations";
import { fixedClock } from "../../support/machine";

type Answer = unknown | ServiceError;

interface Called {
  readonly result?: Json;
  readonly error?: { readonly name: string; readonly cause: string };
  readonly calls: readonly [service: string, operation: string, input: unknown][];
}

/** Runs one integration against answers given in order. */
async function call(resource: string, given: Json, ...answers: Answer[]): Promise<Called> {
  const calls: [string, string, unknown][] = [];
  const integration = integrations.get(`arn:aws:states:::${resource}`);
  if (!integration) throw new Error(`no integration ${resource}`);
  const task = {
    resource: `arn:aws:states:::${resource}`,
    arguments: given,
    clock: fixedClock(),
    signal: new AbortController().signal,
  };
  try {
    const result = await integration(task, async (service, operation, input) => {
      calls.push([service, operation, input]);
      const answer = answers[calls.length - 1];
      if (answer instanceof ServiceError) throw answer;
      return answer;
    });
    return { result, calls };
  } catch (error) {
    const { errorName, message } = error as { errorName?: string; message: string };
    return { error: { name: errorName ?? "not of the workflow", cause: message }, calls };
  }
}

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const denied = new ServiceError("AccessDeniedException", "User: r is not authorized to perform: x", 403);

describe("lambda:invoke", () => {
  test("sends the payload and answers with the function's, parsed", async () => {
    const { result, calls } = await call(
      "lambda:invoke",
      { FunctionName: "plan", Payload: { hour: "h" } },
      { StatusCode: 200, ExecutedVersion: "$LATEST", Payload: bytes({ hours: [] }) },
    );
    expect(result).toEqual({ StatusCode: 200, ExecutedVersion: "$LATEST", Payload: { hours: [] } });
    expect(calls).toEqual([["lambda", "Invoke", { FunctionName: "plan", Payload: bytes({ hour: "h" }) }]]);
  });

  test("an error of the function is named after its type, with the whole answer as cause", async () => {
    const thrown = { errorType: "LedgerBroken", errorMessage: "2 rows missing", trace: [] };
    const { error } = await call(
      "lambda:invoke",
      { FunctionName: "f" },
      { StatusCode: 200, FunctionError: "Unhandled", Payload: bytes(thrown) },
    );
    expect(error).toEqual({ name: "LedgerBroken", cause: JSON.stringify(thrown) });
  });

  test("an error without a type is Lambda.Unknown", async () => {
    const { error } = await call(
      "lambda:invoke",
      { FunctionName: "f" },
      { StatusCode: 200, FunctionError: "Unhandled", Payload: bytes({}) },
    );
    expect(error?.name).toBe("Lambda.Unknown");
  });

  test.each([
    [new ServiceError("ResourceNotFoundException", "Function not found", 404), "Lambda.ResourceNotFoundException"],
    [new ServiceError("TooManyRequestsException", "Rate Exceeded", 429), "Lambda.TooManyRequestsException"],
    [denied, "Lambda.AWSLambdaException"],
  ])("an error of the service, %s, is %s", async (thrown, name) => {
    expect((await call("lambda:invoke", { FunctionName: "f" }, thrown)).error?.name).toBe(name);
  });
});

describe("glue:startJobRun.sync", () => {
  const run = (JobRunState: string) => ({ JobRun: { Id: "jr_1", JobName: "etl", JobRunState } });

  test("polls until the run has succeeded, and answers with the run", async () => {
    const started = { JobName: "etl", Arguments: { "--HOUR": "h" } };
    const { result, calls } = await call(
      "glue:startJobRun.sync",
      started,
      { JobRunId: "jr_1" },
      run("RUNNING"),
      run("SUCCEEDED"),
    );
    expect(result).toEqual({ Id: "jr_1", JobName: "etl", JobRunState: "SUCCEEDED" });
    const poll = ["glue", "GetJobRun", { JobName: "etl", RunId: "jr_1" }];
    expect(calls).toEqual([["glue", "StartJobRun", started], poll, poll]);
  });

  test.each(["FAILED", "TIMEOUT", "STOPPED", "ERROR"])(
    "a run that ends as %s is States.TaskFailed with the run as cause",
    async (state) => {
      const { error } = await call("glue:startJobRun.sync", { JobName: "etl" }, { JobRunId: "jr_1" }, run(state));
      expect(error).toEqual({ name: "States.TaskFailed", cause: JSON.stringify(run(state).JobRun) });
    },
  );

  test("too many runs are Glue.ConcurrentRunsExceededException", async () => {
    const { error } = await call(
      "glue:startJobRun.sync",
      { JobName: "etl" },
      new ServiceError("ConcurrentRunsExceededException", "too many"),
    );
    expect(error).toEqual({
      name: "Glue.ConcurrentRunsExceededException",
      cause: "too many (Service: Glue, Status Code: 400, Error Code: ConcurrentRunsExceededException)",
    });
  });
});

describe("aws-sdk:sfn", () => {
  const described = { executionArn: "e", stateMachineArn: "m", name: "n", startDate: new Date(0), input: "{}" };

  test("listExecutions answers the executions of a machine", async () => {
    const started = { executionArn: "e", name: "n", stateMachineArn: "m", status: "RUNNING", startDate: new Date(0) };
    const input = { StateMachineArn: "m", StatusFilter: "RUNNING", MaxResults: 100 };
    const { result, calls } = await call("aws-sdk:sfn:listExecutions", input, { executions: [started] });
    expect(calls).toEqual([
      ["states", "ListExecutions", { stateMachineArn: "m", statusFilter: "RUNNING", maxResults: 100 }],
    ]);
    expect(result).toEqual({
      Executions: [
        {
          ExecutionArn: "e",
          Name: "n",
          StateMachineArn: "m",
          Status: "RUNNING",
          StartDate: "1970-01-01T00:00:00.000Z",
        },
      ],
    });
  });

  test("describeExecution answers the status", async () => {
    const answer = { ...described, status: "FAILED", stopDate: new Date(1000), error: "E" };
    const { result, calls } = await call("aws-sdk:sfn:describeExecution", { ExecutionArn: "e" }, answer);
    expect(result).toEqual({
      ExecutionArn: "e",
      StateMachineArn: "m",
      Name: "n",
      Status: "FAILED",
      StartDate: "1970-01-01T00:00:00.000Z",
      StopDate: "1970-01-01T00:00:01.000Z",
    });
    expect(calls).toEqual([["states", "DescribeExecution", { executionArn: "e" }]]);
  });

  test.each([
    [new ServiceError("ExecutionDoesNotExist", "Execution Does Not Exist: 'e'"), "Sfn.ExecutionDoesNotExistException"],
    [denied, "Sfn.SfnException"],
  ])("an error of describeExecution, %s, is %s", async (thrown, name) => {
    expect((await call("aws-sdk:sfn:describeExecution", { ExecutionArn: "e" }, thrown)).error?.name).toBe(name);
  });
});

describe("aws-sdk:glue", () => {
  test("startCrawler answers an empty object; a running crawler is Glue.CrawlerRunningException", async () => {
    expect((await call("aws-sdk:glue:startCrawler", { Name: "c" }, undefined)).result).toEqual({});
    const running = new ServiceError("CrawlerRunningException", "Crawler with name c has already started");
    expect((await call("aws-sdk:glue:startCrawler", { Name: "c" }, running)).error?.name).toBe(
      "Glue.CrawlerRunningException",
    );
  });

  test("getJobRuns answers a page of runs, their times as text", async () => {
    const given = { JobName: "etl", MaxResults: 25, NextToken: "t" };
    const { result, calls } = await call("aws-sdk:glue:getJobRuns", given, {
      JobRuns: [{ Id: "jr_1", JobRunState: "RUNNING", StartedOn: 1_795_168_800 }],
      NextToken: "u",
    });
    expect(result).toEqual({
      JobRuns: [{ Id: "jr_1", JobRunState: "RUNNING", StartedOn: "2026-11-20T10:00:00.000Z" }],
      NextToken: "u",
    });
    expect(calls).toEqual([["glue", "GetJobRuns", given]]);
  });

  test("getCrawler answers the crawler", async () => {
    const answer = { Crawler: { Name: "c", State: "READY", LastCrawl: { Status: "SUCCEEDED" } } };
    expect((await call("aws-sdk:glue:getCrawler", { Name: "c" }, answer)).result).toEqual(answer);
  });
});

test("sns:publish sends text as it is and anything else as JSON", async () => {
  const topic = { TopicArn: "arn:t", Subject: "s" };
  const { result, calls } = await call("sns:publish", { ...topic, Message: { a: 1 } }, { MessageId: "m" });
  expect(result).toEqual({ MessageId: "m" });
  expect(calls).toEqual([["sns", "Publish", { ...topic, Message: '{"a":1}' }]]);
  const text = await call("sns:publish", { TopicArn: "arn:t", Message: "hello" }, { MessageId: "m" });
  expect(text.calls).toEqual([["sns", "Publish", { TopicArn: "arn:t", Message: "hello" }]]);
  expect((await call("sns:publish", { TopicArn: "arn:t", Message: "x" }, denied)).error?.name).toBe(
    "SNS.AuthorizationErrorException",
  );
});

describe("states:startExecution", () => {
  const given = { StateMachineArn: "arn:m", Name: "hour-1", Input: { hour: "h" } };

  test("starts and does not wait", async () => {
    const started = { executionArn: "arn:e", startDate: new Date("2026-11-20T10:00:00Z") };
    const { result, calls } = await call("states:startExecution", given, started);
    expect(result).toEqual({ ExecutionArn: "arn:e", StartDate: "2026-11-20T10:00:00.000Z" });
    expect(calls).toEqual([
      ["states", "StartExecution", { stateMachineArn: "arn:m", name: "hour-1", input: '{"hour":"h"}' }],
    ]);
  });

  test("an execution that exists already has the name that AWS gives it", async () => {
    const exists = new ServiceError("ExecutionAlreadyExists", "Execution Already Exists: 'arn:e'");
    expect((await call("states:startExecution", given, exists)).error?.name).toBe(
      "StepFunctions.ExecutionAlreadyExistsException",
    );
    expect((await call("states:startExecution", given, denied)).error?.name).toBe(
      "StepFunctions.AWSStepFunctionsException",
    );
  });
});

test.each<[string, Json, string]>([
  [
    "lambda:invoke",
    { FunctionName: "f", InvocationType: "Event" },
    "the argument InvocationType is not simulated; use FunctionName, Payload",
  ],
  ["lambda:invoke", {}, "the argument FunctionName is missing"],
  ["glue:startJobRun.sync", { JobName: "j", Timeout: 1 }, "the argument Timeout is not simulated"],
  ["states:startExecution", { StateMachineArn: "a", Input: "{}" }, "Input must be JSON, not a string"],
  ["sns:publish", "text", "must be an object"],
])("%s with %j is refused by name", async (resource, given, words) => {
  const { error, calls } = await call(resource, given);
  expect(error).toMatchObject({ name: "not of the workflow", cause: expect.stringContaining(words) });
  expect(calls).toEqual([]);
});
