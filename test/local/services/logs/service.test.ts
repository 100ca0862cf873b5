/** Log groups and their streams, as a function's role writes them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type LogsService, logsService } from "../../../../local/services/logs/service";
import { START, type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;
const stream = { logGroupName: "/aws/lambda/router", logStreamName: "2026/11/20/[$LATEST]a1" };
const call = (by: Parameters<TestCloud["cloud"]["call"]>[0], operation: string, input: object) =>
  local.cloud.call(by, "logs", operation, input);
beforeEach(async () => {
  local = await testCloud(logsService);
  await local.declare("aws:cloudwatch/logGroup:LogGroup", "logs", { name: "/aws/lambda/router", retentionInDays: 30 });
});
afterEach(() => local.close());

test("events go to a file of the stream, in the group's directory", async () => {
  const group = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/router";
  const role = await local.role("router", [
    { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `${group}:*` },
  ]);
  await call(role, "CreateLogStream", stream);
  await call(role, "PutLogEvents", { ...stream, logEvents: [{ timestamp: START, message: "hello" }] });
  const dir = (local.cloud.service("logs") as LogsService).dirOf("/aws/lambda/router");
  expect(dir).toBe(path.join(local.dataDir, "logs/aws/lambda/router"));
  expect(readFileSync(path.join(dir, "2026/11/20/[$LATEST]a1.log"), "utf8")).toBe("2026-11-20T10:00:00.000Z\thello\n");
});

test.each([
  ["another group", { ...stream, logGroupName: "none" }, "The specified log group does not exist."],
  ["a stream that was not created", stream, "The specified log stream does not exist."],
])("%s is not found", async (_what, input, message) => {
  await expect(call({ kind: "caller" }, "PutLogEvents", { ...input, logEvents: [] })).rejects.toThrow(message);
});

test("a group is described with its retention", async () => {
  expect(await call({ kind: "caller" }, "DescribeLogGroups", {})).toEqual({
    logGroups: [
      {
        logGroupName: "/aws/lambda/router",
        arn: "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/router:*",
        creationTime: START,
        logGroupArn: "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/router",
        logGroupClass: "STANDARD",
        metricFilterCount: 0,
        retentionInDays: 30,
        storedBytes: 0,
      },
    ],
  });
});
