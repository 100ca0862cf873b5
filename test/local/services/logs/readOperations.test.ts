/** Logs as AWS's own client reads them: groups, streams, events and filters, page by page. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { logsService } from "../../../../local/services/logs/service";
import { START, type TestCloud, testCloud } from "../../support/testCloud";

const GROUP = "/aws/lambda/router";
const ARN = `arn:aws:logs:eu-central-1:123456789012:log-group:${GROUP}`;
let local: TestCloud;
let client: CloudWatchLogsClient;
beforeEach(async () => {
  local = await testCloud(logsService);
  for (const name of [GROUP, "/aws/lambda/router/inner", "other"]) {
    await local.declare("aws:cloudwatch/logGroup:LogGroup", name, { name });
  }
  client = new CloudWatchLogsClient(local.clientConfig());
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

async function put(logStreamName: string, ...messages: readonly (readonly [millis: number, message: string])[]) {
  await client.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName }));
  const logEvents = messages.map(([millis, message]) => ({ timestamp: START + millis, message }));
  await client.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName, logEvents }));
}

/** What a function's process writes. */
function written(logStreamName: string, ...lines: readonly string[]): void {
  const file = path.join(local.dataDir, "logs", `${GROUP}/${logStreamName}.log`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
}

const briefly = (events: readonly FilteredLogEvent[] = []) =>
  events.map(({ logStreamName, timestamp = 0, message }) => [logStreamName, timestamp - START, message]);

test("groups are listed by name, by prefix, by pattern and page by page", async () => {
  const names = async (input: object) => {
    const { logGroups = [], nextToken } = await client.send(new DescribeLogGroupsCommand(input));
    return [logGroups.map(({ logGroupName }) => logGroupName), nextToken];
  };
  expect(await names({})).toEqual([[GROUP, "/aws/lambda/router/inner", "other"], undefined]);
  expect(await names({ logGroupNamePrefix: "oth" })).toEqual([["other"], undefined]);
  expect(await names({ logGroupNamePattern: "ROUTER" })).toEqual([[GROUP, "/aws/lambda/router/inner"], undefined]);
  expect(await names({ limit: 2 })).toEqual([[GROUP, "/aws/lambda/router/inner"], "2"]);
  expect(await names({ limit: 2, nextToken: "2" })).toEqual([["other"], undefined]);
});

test("streams are listed by name or by their last event, without those of a group inside", async () => {
  await put("a", [500, "late"]);
  await put("b", [100, "early"], [200, "middle"]);
  await client.send(new CreateLogStreamCommand({ logGroupName: "/aws/lambda/router/inner", logStreamName: "c" }));
  const { logStreams = [] } = await client.send(
    new DescribeLogStreamsCommand({ logGroupName: GROUP, orderBy: "LastEventTime", descending: true }),
  );
  expect(logStreams).toEqual([
    {
      logStreamName: "a",
      arn: `${ARN}:log-stream:a`,
      creationTime: START + 500,
      firstEventTimestamp: START + 500,
      lastEventTimestamp: START + 500,
      lastIngestionTime: START + 500,
      storedBytes: 0,
    },
    {
      logStreamName: "b",
      arn: `${ARN}:log-stream:b`,
      creationTime: START + 100,
      firstEventTimestamp: START + 100,
      lastEventTimestamp: START + 200,
      lastIngestionTime: START + 200,
      storedBytes: 0,
    },
  ]);
  const first = await client.send(new DescribeLogStreamsCommand({ logGroupIdentifier: ARN, limit: 1 }));
  expect([first.logStreams?.map(({ logStreamName }) => logStreamName), first.nextToken]).toEqual([["a"], "1"]);
  const byPrefix = await client.send(new DescribeLogStreamsCommand({ logGroupName: GROUP, logStreamNamePrefix: "b" }));
  expect(byPrefix.logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(["b"]);
});

test("events of a stream are read from its end or its head, with a token for either way", async () => {
  await put("a", [1, "one"], [2, "two\nlines"], [3, "three"]);
  const stream = { logGroupName: GROUP, logStreamName: "a" };
  const read = async (input: object) => {
    const page = await client.send(new GetLogEventsCommand({ ...stream, ...input }));
    return [page.events?.map(({ message }) => message), page.nextForwardToken, page.nextBackwardToken];
  };
  expect(await read({ limit: 2 })).toEqual([["two\nlines", "three"], "f/3", "b/1"]);
  expect(await read({ limit: 2, nextToken: "b/1" })).toEqual([["one"], "f/1", "b/0"]);
  expect(await read({ startFromHead: true, limit: 2 })).toEqual([["one", "two\nlines"], "f/2", "b/0"]);
  expect(await read({ nextToken: "f/2" })).toEqual([["three"], "f/3", "b/2"]);
  expect(await read({ nextToken: "f/3" })).toEqual([[], "f/3", "b/3"]);
  expect(await read({ startTime: START + 2, endTime: START + 3 })).toEqual([["two\nlines"], "f/1", "b/0"]);
});

test("events of all streams are filtered in the order of their times, page by page", async () => {
  await put("a", [1, "ERROR one"], [3, "ERROR three"], [3, "ERROR four"]);
  await put("b", [2, "ERROR two"], [4, "fine"]);
  const seen = [];
  const pages = paginateFilterLogEvents({ client, pageSize: 1 }, { logGroupName: GROUP, filterPattern: "ERROR" });
  for await (const page of pages) seen.push(...briefly(page.events));
  expect(seen).toEqual([
    ["a", 1, "ERROR one"],
    ["b", 2, "ERROR two"],
    ["a", 3, "ERROR three"],
    ["a", 3, "ERROR four"],
  ]);
  const filter = async (input: object) =>
    briefly((await client.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }))).events);
  expect(await filter({ startTime: START + 2, endTime: START + 3, logStreamNames: ["b"] })).toEqual([
    ["b", 2, "ERROR two"],
  ]);
  expect(await filter({ logStreamNamePrefix: "b" })).toHaveLength(2);
});

test("each event has an id of its own, the same in every call", async () => {
  await put("a", [1, "x"], [1, "x"]);
  const ids = async () =>
    (await client.send(new FilterLogEventsCommand({ logGroupName: GROUP }))).events?.map(({ eventId }) => eventId);
  const first = await ids();
  expect(new Set(first).size).toBe(2);
  expect(await ids()).toEqual(first);
});

test("what a function prints is an event a line; a stack trace belongs to its error", async () => {
  const at = (millis: number) => new Date(START + millis).toISOString();
  written(
    "2026/11/20/[$LATEST]a1",
    `${at(10)}\tr-1\tERROR\tError: broken`,
    "    at handler (index.js:1:1)",
    "END RequestId: r-1",
    `{"timestamp":"${at(20)}","level":"INFO","message":"json"}`,
    `{"message":"routed","Rows":5,"_aws":{"Timestamp":${START + 30}}}`,
  );
  const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: GROUP }));
  expect(briefly(events).map(([, millis, message]) => [millis, message])).toEqual([
    [10, `${at(10)}\tr-1\tERROR\tError: broken\n    at handler (index.js:1:1)`],
    [10, "END RequestId: r-1"],
    [20, `{"timestamp":"${at(20)}","level":"INFO","message":"json"}`],
    [30, `{"message":"routed","Rows":5,"_aws":{"Timestamp":${START + 30}}}`],
  ]);
});

test("a page holds at most 1 MiB of messages", async () => {
  await put("a", [1, "x".repeat(600_000)], [2, "y".repeat(600_000)]);
  const { events, nextToken } = await client.send(new FilterLogEventsCommand({ logGroupName: GROUP }));
  expect(events).toHaveLength(1);
  const next = await client.send(new FilterLogEventsCommand({ logGroupName: GROUP, nextToken }));
  expect([next.events?.length, next.nextToken]).toEqual([1, undefined]);
});

test.each([
  ["a group that is not there", { logGroupName: "none" }, "The specified log group does not exist."],
  ["no group", {}, "You must include exactly one of logGroupIdentifier and logGroupName."],
  [
    "a stream that is not there",
    { logGroupName: GROUP, logStreamNames: ["x"] },
    "The specified log stream does not exist.",
  ],
  [
    "streams by name and by prefix",
    { logGroupName: GROUP, logStreamNames: ["a"], logStreamNamePrefix: "a" },
    "You can specify either logStreamNames or logStreamNamePrefix, not both.",
  ],
  ["a token of another operation", { logGroupName: GROUP, nextToken: "f/1" }, "The specified nextToken is invalid."],
  [
    "a limit beyond 10,000",
    { logGroupName: GROUP, limit: 10_001 },
    "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
  ],
])("%s is refused", async (_what, input, message) => {
  await expect(client.send(new FilterLogEventsCommand(input))).rejects.toThrow(message);
});

test("what the list operations cannot do is refused in AWS's words", async () => {
  const both = { logGroupNamePrefix: "a", logGroupNamePattern: "b" };
  await expect(client.send(new DescribeLogGroupsCommand(both))).rejects.toThrow(
    "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
  );
  const order = { logGroupName: GROUP, logStreamNamePrefix: "a", orderBy: "LastEventTime" as const };
  await expect(client.send(new DescribeLogStreamsCommand(order))).rejects.toThrow(
    "Cannot order by LastEventTime with a logStreamNamePrefix.",
  );
  const stream = { logGroupName: GROUP, logStreamName: "none" };
  await expect(client.send(new GetLogEventsCommand(stream))).rejects.toThrow(
    "The specified log stream does not exist.",
  );
  await put("a");
  await expect(client.send(new GetLogEventsCommand({ ...stream, logStreamName: "a", nextToken: "x" }))).rejects.toThrow(
    "The specified nextToken is invalid.",
  );
});

test("a role reads only the logs that it may", async () => {
  const role = await local.role("reader", [{ Effect: "Allow", Action: "logs:FilterLogEvents", Resource: `${ARN}:*` }]);
  const reader = new CloudWatchLogsClient(local.clientConfig(role));
  await expect(reader.send(new FilterLogEventsCommand({ logGroupName: GROUP }))).resolves.toMatchObject({ events: [] });
  await expect(reader.send(new FilterLogEventsCommand({ logGroupName: "other" }))).rejects.toThrow(
    "is not authorized to perform: logs:FilterLogEvents on resource: arn:aws:logs:eu-central-1:123456789012:log-group:other:log-stream: because no identity-based policy allows the logs:FilterLogEvents action",
  );
  reader.destroy();
});
