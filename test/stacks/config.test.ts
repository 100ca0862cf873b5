/** The program's configuration: its defaults, its checks, and that what is protected is protected. */
import { declare } from "streamlake/testing";
import { readConfig } from "../../stacks/config";
import { lakeStack } from "../../stacks/lake";

async function read(config: Record<string, string>): Promise<unknown> {
  return (await declare(readConfig, { config })).outputs;
}

test("without configuration a stack is protected, alarmed and retained", async () => {
  expect(await read({})).toEqual({
    protect: true,
    allowDataDeletion: false,
    alarms: true,
    alarmEmails: [],
    accessLogs: true,
    failureEmails: [],
    schedule: true,
    replay: false,
    delivery: false,
    dashboard: false,
    checkSchemas: true,
    tables: { records: {} },
    streamRetentionHours: 168,
    batchWindowSeconds: 60,
    logRetentionDays: 30,
    scanLimitGibibytes: 100,
    keepRuns: 5,
  });
});

test("every value can be set", async () => {
  expect(
    await read({
      "streamlake:protect": "false",
      "streamlake:allowDataDeletion": "true",
      "streamlake:alarms": "false",
      "streamlake:accessLogs": "false",
      "streamlake:failureEmails": '["on-call@example.com"]',
      "streamlake:schedule": "false",
      "streamlake:replay": "true",
      "streamlake:warehouse": '{"vpcId":"vpc-1","subnetIds":["a","b","c"],"baseCapacity":16,"everyMinutes":15}',
      "streamlake:ingestApi":
        '{"authorization":"JWT","jwt":{"issuer":"https://a/","audiences":["b"]},"burstRequests":5}',
      "streamlake:servingTable": '{"key":"customer","fold":{"orders":{"count":true}},"timeToLiveDays":30}',
      "streamlake:checkSchemas": "false",
      "streamlake:firstDay": "2026-11-21",
      "streamlake:tables": '{"orders":{"columns":[{"name":"total","type":"double"}]}}',
      "streamlake:streamRetentionHours": "48",
      "streamlake:batchWindowSeconds": "0",
      "streamlake:rawRetentionDays": "7",
      "streamlake:logRetentionDays": "1",
      "streamlake:scanLimitGibibytes": "1",
      "streamlake:keepRuns": "2",
    }),
  ).toEqual({
    protect: false,
    allowDataDeletion: true,
    alarms: false,
    alarmEmails: [],
    accessLogs: false,
    failureEmails: ["on-call@example.com"],
    schedule: false,
    replay: true,
    delivery: false,
    dashboard: false,
    warehouse: { vpcId: "vpc-1", subnetIds: ["a", "b", "c"], baseCapacity: 16, everyMinutes: 15 },
    ingestApi: { authorization: "JWT", jwt: { issuer: "https://a/", audiences: ["b"] }, burstRequests: 5 },
    servingTable: { key: "customer", fold: { orders: { count: true } }, timeToLiveDays: 30 },
    checkSchemas: false,
    firstDay: "2026-11-21",
    tables: { orders: { columns: [{ name: "total", type: "double" }] } },
    streamRetentionHours: 48,
    batchWindowSeconds: 0,
    rawRetentionDays: 7,
    logRetentionDays: 1,
    scanLimitGibibytes: 1,
    keepRuns: 2,
  });
});

const wrong: [Record<string, string>, string][] = [
  [
    { "streamlake:batchWindow": "5" },
    'config: "streamlake:batchWindow" is not an option; use one of streamlake:protect, ',
  ],
  [
    { "streamlake:allowDataDeletion": "true" },
    "config: streamlake:protect and streamlake:allowDataDeletion are both true; a protected stack deletes nothing, so set one of them to false.",
  ],
  [
    { "streamlake:replay": "true", "streamlake:delivery": "true" },
    "config: streamlake:replay and streamlake:delivery are both true; a replay routes records by the router, which delivery replaces, so set one of them to false.",
  ],
  [{ "streamlake:firstDay": "today" }, 'config: streamlake:firstDay is "today"; use a day as 2026-11-21.'],
  [
    { "streamlake:failureEmails": "on-call@example.com" },
    "config: streamlake:failureEmails is a string; use a list of addresses, set by: pulumi config set --path 'streamlake:failureEmails[0]' YOU@EXAMPLE.COM.",
  ],
  [
    { "streamlake:failureEmails": "[1]" },
    "config: streamlake:failureEmails is an array; use a list of addresses, set by: pulumi config set --path 'streamlake:failureEmails[0]' YOU@EXAMPLE.COM.",
  ],
  [{ "streamlake:protect": "yes" }, 'config: streamlake:protect is "yes"; use true or false.'],
  [{ "streamlake:batchWindowSeconds": "soon" }, 'config: streamlake:batchWindowSeconds is "soon"; use a number.'],
  [
    { "streamlake:tables": "records" },
    "config: streamlake:tables is a string; use names of tables with {} or { columns } each.",
  ],
  [
    { "streamlake:tables": "[1]" },
    "config: streamlake:tables is an array; use names of tables with {} or { columns } each.",
  ],
  [
    { "streamlake:ingestApi": "yes" },
    "config: streamlake:ingestApi is a string; use true, or an object with some of authorization, jwt, partitionKey, rowsPerRecord, requestsPerSecond, burstRequests.",
  ],
  [
    { "streamlake:ingestApi": '{"views":{}}' },
    "config: streamlake:ingestApi.views is not an option; use true, or an object with some of authorization, jwt, partitionKey, rowsPerRecord, requestsPerSecond, burstRequests.",
  ],
  [
    { "streamlake:ingestApi": '{"partitionKey":"CustomerID"}' },
    "config: streamlake:ingestApi.partitionKey is a string; use an object with some of header, pointer, column.",
  ],
  [
    { "streamlake:ingestApi": '{"partitionKey":{"colum":"CustomerID"}}' },
    "config: streamlake:ingestApi.partitionKey.colum is not an option; use an object with some of header, pointer, column.",
  ],
  [
    { "streamlake:ingestApi": '{"jwt":{"audiences":"b"}}' },
    "config: streamlake:ingestApi.jwt.audiences is a string; use a list of strings.",
  ],
  [
    { "streamlake:servingTable": '{"timeToLiveDays":"30"}' },
    "config: streamlake:servingTable.timeToLiveDays is a string; use a number.",
  ],
  [{ "streamlake:servingTable": '{"fold":null}' }, "config: streamlake:servingTable.fold is null; use an object."],
  [{ "streamlake:tables": '{"a":1}' }, 'config: streamlake:tables: table "a" is a number; use {} or { columns: […] }.'],
  [
    { "streamlake:warehouse": "vpc-1" },
    'config: streamlake:warehouse is a string; use { vpcId: "vpc-…", subnetIds: ["subnet-…", …] }, with baseCapacity and everyMinutes if you like.',
  ],
  [
    { "streamlake:warehouse": '{"subnetIds":["a"]}' },
    'config: streamlake:warehouse.vpcId is missing; use { vpcId: "vpc-…", subnetIds: ["subnet-…", …] }, with baseCapacity and everyMinutes if you like.',
  ],
  [
    { "streamlake:warehouse": '{"vpcId":"vpc-1","subnetIds":"a"}' },
    'config: streamlake:warehouse.subnetIds is a string; use { vpcId: "vpc-…", subnetIds: ["subnet-…", …] }, with baseCapacity and everyMinutes if you like.',
  ],
  [
    { "streamlake:warehouse": '{"vpcId":"vpc-1","subnetIds":["a"],"minutes":5}' },
    'config: streamlake:warehouse.minutes is not an option; use { vpcId: "vpc-…", subnetIds: ["subnet-…", …] }, with baseCapacity and everyMinutes if you like.',
  ],
  [
    { "streamlake:warehouse": '{"vpcId":"vpc-1","subnetIds":["a"],"everyMinutes":"5"}' },
    "config: streamlake:warehouse.everyMinutes is a string; use a number.",
  ],
];

test("addresses for alarms need alarms", async () => {
  const emails = { "streamlake:alarmEmails": '["on-call@example.com"]' };
  expect(await read(emails)).toMatchObject({ alarms: true, alarmEmails: ["on-call@example.com"] });
  await expect(read({ ...emails, "streamlake:alarms": "false" })).rejects.toThrow(
    "config: streamlake:alarmEmails has addresses, but streamlake:alarms is false, so no alarm would write to them; set it to true, or remove the addresses.",
  );
  await expect(read({ "streamlake:alarmEmails": "on-call@example.com" })).rejects.toThrow(
    "pulumi config set --path 'streamlake:alarmEmails[0]' YOU@EXAMPLE.COM.",
  );
});

test.each(wrong)("refuses %j", async (config, message) => {
  await expect(read(config)).rejects.toThrow(message);
});

test("a day without quotes in a stack's file, which Pulumi passes as a time, is that day", async () => {
  expect(await read({ "streamlake:firstDay": "2026-11-01 00:00:00 +0000 UTC" })).toMatchObject({
    firstDay: "2026-11-01",
  });
});

test("configuration of other namespaces is not the program's to judge", async () => {
  expect(await read({ "aws:region": "eu-west-1" })).toMatchObject({ protect: true });
});

test("bounds are the components' to check, before anything is declared", async () => {
  const program = () => lakeStack(readConfig());
  await expect(declare(program, { config: { "streamlake:batchWindowSeconds": "301" } })).rejects.toThrow(
    'FormatRouter "router": batchWindowSeconds is 301; use a whole number from 0 to 300 seconds.',
  );
});

const protection: [string, boolean][] = [
  ["true", true],
  ["false", false],
];

test.each(protection)("protect %s reaches the components, whose resources inherit it", async (protect, expected) => {
  const seen = await declare(
    () => {
      const { ingest, lake, router, etl } = lakeStack(readConfig());
      const all = [ingest, lake, router, etl, ingest.nodes.stream, lake.nodes.lake?.bucket, etl.nodes.workflow.machine];
      return all.map((resource) => (resource as unknown as { __protect: boolean }).__protect);
    },
    { config: { "streamlake:protect": protect } },
  );
  expect(seen.outputs).toEqual(Array(7).fill(expected));
});
