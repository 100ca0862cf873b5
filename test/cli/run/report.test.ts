import type { RouteLedger } from "../../../cli/run/ledgers";
import { failuresOf, type LocalReport, type ReportSources, reportOf } from "../../../cli/run/report";
import { hookLines, iamLines, ledgerLines, queryLines, sinkLines, tableLines } from "../../../cli/run/summary";
import type { SinkLedger } from "../../../local/ledger/sinks/sinkLedger";

const LEDGER: RouteLedger = {
  stream: "clicks-1a2b",
  bucket: "lake-1a2b",
  routers: ["router-1a2b"],
  ledger: {
    records: { sent: 10, landed: 8, unformatted: 2, failed: 0 },
    rows: { raw: 12, tables: 12 },
    rawObjects: 3,
    failedBatches: 0,
    byReason: { format: 1, empty: 1 },
    tables: { records: { rows: 12, files: 1 } },
    lost: 0,
    duplicated: 0,
    unknown: 0,
    balanced: true,
    findings: [],
  },
};

const SOURCES: ReportSources = {
  stack: "dev",
  seed: 7,
  durationMs: 1234,
  declaredOnly: [],
  sent: { records: 10, byFormat: { json: 7, csv: 1 }, malformed: 2, bytes: 100, redriven: 0 },
  ledgers: [LEDGER],
  columns: { records: [{ name: "_id", type: "string" }] },
  iam: { denied: [], unused: [{ role: "arn:aws:iam::0:role/etl", action: "glue:GetJobRuns", resource: "*" }] },
  used: {
    records: 10,
    recordBytes: 10,
    functions: [{ name: "router-1a2b", memoryMebibytes: 512, calls: 2, millis: 3000 }],
    s3: { puts: 1200, gets: 4 },
    transitions: 23,
    stateMachines: 1,
    queries: 1,
    usd: 0.00665,
  },
  workflows: [{ name: "hour-2026-11-20T10", status: "SUCCEEDED" }],
  queries: [{ sql: "SELECT count(*) AS n\nFROM records", columns: ["n"], rows: [[12]] }],
  alerts: [{ name: "shop", messages: [{ subject: "Alert: large", text: "over 100" }] }],
  alarms: [
    {
      name: "router-alarm-errors",
      state: "ALARM",
      description: "router fails",
      reason: "Threshold Crossed: 1 datapoint",
      changes: [{ at: "2026-11-20T10:01:00.000Z", summary: "Alarm updated from OK to ALARM" }],
      failedActions: [],
    },
  ],
  emails: [{ topic: "etl-failures", to: ["a@example.com"], messages: [{ subject: "An hour failed", text: "{}" }] }],
  hookFailures: [],
  sinks: {},
  warehouseQueries: [],
  dashboards: [],
  answers: [],
};

const SINK: SinkLedger = {
  kind: "ServingTable",
  resource: "customers-table",
  stream: "in",
  counts: { items: 3, records: 10, rows: 12, leftOut: 2, undecoded: 1, unfolded: 0 },
  balanced: true,
  findings: [],
  unchecked: [],
};

const HOOK_FAILURE = {
  table: "records",
  hour: "2026-11-20T10",
  reason: "hook",
  detail: "transform threw TypeError (hooks.ts:17): Cannot read properties of undefined (reading 'toUpperCase')",
  records: 12,
  example: "shardId-000000000000/49/0",
  stack: ["at hooks.ts:17: up: row.name.toUpperCase(),"],
};

test("the report has every field that is promised", () => {
  expect(reportOf(SOURCES)).toEqual({
    stack: "dev",
    seed: 7,
    durationMs: 1234,
    declaredOnly: [],
    sent: { records: 10, byFormat: { json: 7, csv: 1 }, malformed: 2 },
    raw: { rows: 12, objects: 3 },
    unformatted: { records: 2, byReason: { format: 1, empty: 1 } },
    failedBatches: 0,
    tables: { records: { rows: 12, files: 1, columns: [{ name: "_id", type: "string" }] } },
    ledger: LEDGER.ledger,
    ledgers: [LEDGER],
    iam: SOURCES.iam,
    used: SOURCES.used,
    workflows: SOURCES.workflows,
    queries: SOURCES.queries,
    alerts: SOURCES.alerts,
    alarms: SOURCES.alarms,
    emails: SOURCES.emails,
    hookFailures: [],
    sinks: {},
    warehouseQueries: [],
    dashboards: [],
    answers: [],
  });
});

test("a hook that failed is shown with its line, its error's message and a record to look at", () => {
  const report = reportOf({ ...SOURCES, hookFailures: [HOOK_FAILURE] });
  expect(hookLines(report)).toEqual([
    `  12 records: ${HOOK_FAILURE.detail}`,
    "      at hooks.ts:17: up: row.name.toUpperCase(),",
    "    for example: streamlake inspect --record shardId-000000000000/49/0",
  ]);
  expect(failuresOf(report, 10)).toEqual([`hook: 12 × ${HOOK_FAILURE.detail}, as shardId-000000000000/49/0`]);
});

test("the ledgers of sinks are shown with what they count, leave unchecked and find", () => {
  const unread = { what: "ledgers that cannot be read: the table is gone", count: 1, examples: ["customers"] };
  expect(sinkLines({ ...SINK, counts: {}, balanced: false, unchecked: [unread] })).toEqual([
    "  not checked: 1 × ledgers that cannot be read: the table is gone, as customers",
    "  BROKEN: not read",
  ]);
  expect(sinkLines(SINK)).toEqual([
    "  10 records in = 12 rows in 3 items + 2 rows left out + 0 rows unfolded + 1 record undecoded",
    "  nothing lost, nothing duplicated",
  ]);
  const finding = { what: "items are gone", count: 2, examples: ["ann", "bob"] };
  expect(sinkLines({ ...SINK, balanced: false, findings: [finding], unchecked: [finding] })).toEqual([
    "  10 records in = 12 rows in 3 items + 2 rows left out + 0 rows unfolded + 1 record undecoded",
    "  not checked: 2 × items are gone, as ann, bob",
    "  BROKEN: 2 wrong",
  ]);
  const repeated = [{ what: "rows are delivered more than once", count: 7584, examples: ["a"] }];
  const counts = { records: 3, rows: 12, leftOut: 1, failed: 1, repeated: 12, backedUp: 3 };
  expect(sinkLines({ ...SINK, kind: "DeliveryStream", counts, repeated })).toEqual([
    "  3 records in = 12 rows + 1 record left out + 1 record failed; 3 records in the backup",
    "  repeated: 7,584 × rows are delivered more than once, as a",
    "  nothing lost, nothing duplicated",
  ]);
  const { backedUp: _, ...others } = counts;
  const orders = [{ what: "backups have more orders", count: 1, examples: ["backup"] }];
  const unknown = { ...SINK, kind: "DeliveryStream", counts: others, balanced: false, unchecked: orders };
  expect(sinkLines(unknown)).toEqual([
    "  3 records in = 12 rows + 1 record left out + 1 record failed",
    "  not checked: 1 × backups have more orders, as backup",
    "  NOT CHECKED",
  ]);
  expect(sinkLines({ ...SINK, kind: "Warehouse", counts: { raw: 12, rows: 12, tables: 1, repeated: 0 } })).toEqual([
    "  12 rows in raw = 12 rows in 1 table of the warehouse",
    "  nothing lost, nothing duplicated",
  ]);
  expect(sinkLines({ ...SINK, kind: "Warehouse", counts: { raw: 12, rows: 12, tables: 1, repeated: 24 } })).toEqual([
    "  12 rows in raw = 12 rows in 1 table of the warehouse; 24 rows copied again",
    "  nothing lost, nothing duplicated",
  ]);
  expect(sinkLines({ ...SINK, kind: "IngestApi", counts: { acknowledged: 3, refused: 1 } })).toEqual([
    "  3 records acknowledged, 1 refused",
    "  nothing lost, nothing duplicated",
  ]);
});

test("a run that balances, is denied nothing and whose workflow succeeds has no failure", () => {
  expect(failuresOf(reportOf(SOURCES), 10)).toEqual([]);
});

test("records of a stream that no router reads are in their stream", () => {
  const sources = { ...SOURCES, ledgers: [], sinks: { customers: SINK } };
  expect(failuresOf(reportOf(sources), 10)).toEqual([]);
  expect(failuresOf(reportOf(sources), 9)).toEqual(["ledger: 1 sent records are not in the stream"]);
});

test("tables of one name in several lakes are added up", () => {
  const delivery = { ...SINK, kind: "DeliveryStream", tables: { records: { rows: 5, files: 2 } } };
  const { tables } = reportOf({ ...SOURCES, sinks: { one: delivery, two: delivery } });
  expect(tables.records).toMatchObject({ rows: 22, files: 5 });
});

test("a table with the name of what every object has has its own columns", () => {
  const tables = JSON.parse('{"__proto__":{"rows":2,"files":1},"constructor":{"rows":3,"files":1}}');
  const ledgers = [{ ...LEDGER, ledger: { ...LEDGER.ledger, tables } }];
  expect(JSON.parse(JSON.stringify(Object.entries(reportOf({ ...SOURCES, ledgers, columns: {} }).tables)))).toEqual([
    ["__proto__", { rows: 2, files: 1, columns: [] }],
    ["constructor", { rows: 3, files: 1, columns: [] }],
  ]);
});

const denied = { principal: "arn:aws:iam::0:role/router", action: "s3:PutObject", resource: "arn:x", at: "t" };

test.each<[string, Partial<ReportSources>, string]>([
  [
    "a broken ledger",
    {
      ledgers: [
        {
          ...LEDGER,
          ledger: {
            ...LEDGER.ledger,
            lost: 2,
            balanced: false,
            findings: [{ what: "rows are gone", count: 2, examples: ["a", "b"] }],
          },
        },
      ],
    },
    "ledger: 2 × rows are gone, as a, b",
  ],
  [
    "a sink whose ledger is broken",
    {
      sinks: {
        customers: { ...SINK, balanced: false, findings: [{ what: "items are gone", count: 1, examples: ["ann"] }] },
      },
    },
    "ledger of customers: 1 × items are gone, as ann",
  ],
  [
    "a sink whose ledger cannot be read",
    {
      sinks: {
        customers: {
          ...SINK,
          balanced: false,
          unchecked: [{ what: "ledgers that cannot be read: the table is gone", count: 1, examples: ["customers"] }],
        },
      },
    },
    "ledger of customers: 1 × ledgers that cannot be read: the table is gone, as customers",
  ],
  [
    "records that never reached the stream",
    { sent: { ...SOURCES.sent, records: 13 } },
    "ledger: 3 sent records are not in the stream",
  ],
  [
    "a denied call",
    { iam: { denied: [denied, denied], unused: [] } },
    "iam: router may not s3:PutObject on arn:x (2 times)",
  ],
  [
    "a failed workflow",
    { workflows: [{ name: "hour-1", status: "FAILED", error: "LedgerBroken: records" }] },
    "workflow: hour-1 failed: LedgerBroken: records",
  ],
  [
    "a failed query",
    { queries: [{ sql: "SELECT\n  x", columns: [], rows: [], error: "COLUMN_NOT_FOUND: x" }] },
    "query: SELECT x: COLUMN_NOT_FOUND: x",
  ],
  [
    "a failed query of the warehouse",
    { warehouseQueries: [{ sql: "SELECT y", columns: [], rows: [], error: 'column "y" does not exist' }] },
    'query: SELECT y: column "y" does not exist',
  ],
  [
    "a visual whose query failed",
    {
      dashboards: [{ name: "Shop", visuals: [{ title: "Sold", kind: "bar", rows: 0, error: "COLUMN_NOT_FOUND: x" }] }],
    },
    'dashboard Shop: the query of the visual "Sold" failed: COLUMN_NOT_FOUND: x',
  ],
  [
    "an answer of the API that is not 200",
    { answers: [{ path: "/customers/9", status: 404, body: '{"title":\n"Not Found"}' }] },
    'GET /customers/9: 404 {"title": "Not Found"}',
  ],
])("%s is a failure that says what and where", (_, changes, failure) => {
  expect(failuresOf(reportOf({ ...SOURCES, ...changes }), 10)).toEqual([failure]);
});

const report: LocalReport = reportOf(SOURCES);

test("people read the same as the report says", () => {
  expect(tableLines(report)).toEqual([
    "  table    rows  parquet files  columns",
    "  ───────  ────  ─────────────  ───────",
    "  records    12              1        1",
  ]);
  const parquet = { rows: 2, files: 1, columns: [] };
  expect(tableLines({ ...report, tables: { sales_delivered_files: parquet } }).slice(2)).toEqual([
    "  sales_delivered_files     2              1        0",
    "  Firehose writes sales_delivered_files; the view sales_delivered has each row once: query it",
  ]);
  expect(ledgerLines(report)).toEqual([
    "  10 records in = 8 landed + 2 unformatted + 0 failed",
    "  12 rows in raw = 12 in tables",
    "  nothing lost, nothing duplicated",
  ]);
  const sinks = { delivery: { ...SINK, kind: "DeliveryStream", counts: { rows: 7 } } };
  expect(ledgerLines({ ledger: report.ledger, sinks })[1]).toBe("  12 rows of routers in raw = 12 in tables");
  const unflattened = { ...report.ledger, rows: { raw: 12, tables: 5 } };
  expect(ledgerLines({ ledger: unflattened }).slice(1)).toEqual([
    "  12 rows in raw, 5 in tables: no HourlyEtl flattens the others",
    "  nothing lost, nothing duplicated",
  ]);
  expect(ledgerLines({ ledger: { ...unflattened, balanced: false, lost: 7 } }).slice(1)).toEqual([
    "  12 rows in raw = 5 in tables",
    "  BROKEN: 7 lost, 0 duplicated, 0 unknown",
  ]);
  expect(queryLines(report.queries[0] as LocalReport["queries"][0], { width: 100 })).toEqual([
    "  SELECT count(*) AS n FROM records",
    "   n",
    "  ──",
    "  12",
  ]);
  expect(iamLines(report.iam, 100)).toEqual([
    "  no call was denied",
    "  granted but not used (iam.unused of --report has the full list):",
    "    etl: glue:GetJobRuns on *",
  ]);
});

test("unused permissions are listed by role with their resources, and those for logs are counted", () => {
  const unused = (name: string, resource: string, ...actions: string[]) =>
    actions.map((action) => ({ role: `arn:aws:iam::0:role/${name}`, action, resource }));
  const glue = "arn:aws:glue:us-east-1:0:";
  const list = [
    ...unused("router", "arn:aws:s3:::failed-1a/aws/lambda/*", "s3:PutObject"),
    ...unused("router", "arn:aws:s3:::failed-1a", "s3:ListBucket"),
    ...unused("crawler", `${glue}catalog, ${glue}database/lake`, "glue:GetTables", "glue:GetTable", "glue:UpdateTable"),
    ...unused(
      "crawler",
      "arn:aws:logs:us-east-1:0:log-group:/x, arn:aws:logs:us-east-1:0:log-group:/x:*",
      "logs:PutLogEvents",
    ),
    ...unused("workflow", `${glue}job/etl`, "glue:BatchStopJobRun", "glue:GetJobRuns"),
    ...unused("workflow", "arn:aws:sns:us-east-1:0:failures", "sns:Publish"),
    ...unused("workflow", "*", "logs:CreateLogDelivery", "logs:GetLogDelivery"),
  ];
  expect(iamLines({ denied: [], unused: list }, 80)).toEqual([
    "  no call was denied",
    "  granted but not used (iam.unused of --report has the full list):",
    "    router: s3:PutObject on failed-1a/aws/lambda/*, s3:ListBucket on failed-1a",
    "    crawler: 3 glue actions on catalog …, 1 for logs",
    "    workflow: glue:BatchStopJobRun and glue:GetJobRuns on job/etl,",
    "      sns:Publish on failures, 2 for logs",
  ]);
});

test("a broken ledger says how it is broken, and a long result how many rows are not shown", () => {
  const broken = { ...report, ledger: { ...report.ledger, lost: 1200, balanced: false } };
  expect(ledgerLines(broken).at(-1)).toBe("  BROKEN: 1,200 lost, 0 duplicated, 0 unknown");
  const rows = Array.from({ length: 25 }, (_, n) => [n]);
  expect(queryLines({ sql: "S", columns: ["n"], rows }, { width: 100 }).at(-1)).toBe("  … and 5 rows more");
});
