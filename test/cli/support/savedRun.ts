/** The files of a run that is over: a record in the stream, one row, hostile unformatted records, a catalog, logs, the console's record. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { RunRecord } from "../../../cli/console/source";
import { type Run, runAt } from "../../../cli/project/runs/listRuns";
import { startRun } from "../../../cli/project/runs/startRun";
import { rawLineWriter, unformattedLine } from "../../../lake/envelope";
import { objectKey } from "../../../lake/objectKey";
import { Catalog } from "../../../local/catalog/catalog";

const MEASURES = /^(value|values\d|y\d?)$/;

/** A visual of Athena; `fields` are labels by place. */
function drawn(title: string, kind: string, sql: string, fields: Readonly<Record<string, string>>, isDate = false) {
  const isPoint = kind === "scatter";
  const isMeasure = (place: string) => MEASURES.test(place) || (isPoint && place === "x");
  const named = Object.entries(fields).map(([place, label]) => ({ place, label, isMeasure: isMeasure(place), isDate }));
  return { title, kind, source: "athena" as const, sql, fields: named };
}

export const SHARD = "shardId-000000000000";
export const HOSTILE = `<img src=x onerror="document.title='owned'">\u001b[31m\u202Ered`;

export const RECORD: RunRecord = {
  flow: {
    nodes: [
      { id: "urn:in", title: "in", kind: "StreamIngest", page: "health", stream: "in-stream" },
      { id: "urn:router", title: "router", kind: "FormatRouter", page: "records" },
      { id: "unformatted", title: "Unformatted", kind: "records kept as bytes", page: "unformatted" },
    ],
    edges: [
      { from: "urn:in", to: "urn:router", unit: "records", counter: "router:Records" },
      { from: "urn:router", to: "unformatted", unit: "records", counter: "router:Unformatted" },
    ],
  },
  queries: [
    {
      name: "numbers",
      description: "Two rows",
      sql: "SELECT * FROM (VALUES (2, 'b'), (10, 'a')) AS t (n, name)",
      database: "lake",
    },
  ],
  dashboards: [
    {
      name: "Shop",
      visuals: [
        drawn("Rows", "kpi", "SELECT 1234", { value: "rows" }),
        drawn("Sold", "bar", "SELECT * FROM (VALUES ('b', 20), ('a', 5)) AS t (x, y0)", { x: "shop", y0: "sum cents" }),
        drawn(
          "Hours",
          "line",
          "SELECT * FROM (VALUES ('09', 1, 'a'), ('10', 2, 'a'), ('10', 3, 'b')) AS t (x, y0, color)",
          {
            x: "hour",
            y0: "rows",
            color: "shop",
          },
        ),
        drawn("Shares", "pie", "SELECT * FROM (VALUES ('json', 3), ('csv', 1)) AS t (s, v)", {
          slices: "format",
          value: "rows",
        }),
        drawn("Points", "scatter", "SELECT * FROM (VALUES ('a', 2, 5), ('b', 1, 7)) AS t (p, x, y)", {
          points: "shop",
          x: "rows",
          y: "sum cents",
        }),
        drawn("Cells", "heatMap", "SELECT * FROM (VALUES ('a', '09', 2), ('b', '10', 3)) AS t (r, c, v)", {
          rows: "shop",
          columns: "hour",
          value: "rows",
        }),
        drawn(
          "Long",
          "line",
          "SELECT '2026-11-20 00:00:' || lpad(CAST(n AS varchar), 5, '0') AS x, n FROM UNNEST(sequence(0, 5999)) AS t (n) ORDER BY 1",
          { x: "minute", y0: "rows" },
          true,
        ),
        drawn("List", "table", "SELECT * FROM (VALUES ('<b>a</b>', 2.5)) AS t (g, v)", {
          groupBy0: "shop",
          values0: "average total",
        }),
      ],
    },
  ],
  sample: {
    counts: { "stream:in-stream": 3, "router:Records": 3, "router:Unformatted": 2 },
    waitingBytes: { "in-stream": 0 },
    executions: 1,
    running: 0,
    denied: 1,
    failedBatches: 0,
  },
  refusals: {
    byFormat: [{ reason: "format", format: "json", records: 2 }],
    series: { minutes: [Date.parse("2026-11-20T10:04:00.000Z")], reasons: { format: [2] } },
  },
  executions: [
    {
      arn: "arn:aws:states:us-east-1:000000000000:execution:etl:hour-2026-11-20T10",
      machine: "etl",
      name: "hour-2026-11-20T10",
      status: "FAILED",
      startMillis: Date.parse("2026-11-20T11:00:00.000Z"),
      endMillis: Date.parse("2026-11-20T11:00:02.000Z"),
      input: '{"hour":"2026-11-20T10"}',
      error: "States.TaskFailed: out of memory",
      states: [
        {
          name: "Flatten",
          kind: "Task",
          depth: 0,
          fromMillis: Date.parse("2026-11-20T11:00:00.500Z"),
          status: "failed",
          error: "out of memory",
          input: '{"hour":"2026-11-20T10","note":"<b>&</b>"}',
        },
      ],
    },
  ],
  glueRuns: [
    {
      kind: "crawl",
      name: "lake-crawler",
      id: "crawl-1",
      status: "FAILED",
      startMillis: Date.parse("2026-11-20T11:00:02.000Z"),
      endMillis: Date.parse("2026-11-20T11:00:02.250Z"),
      error: "<i>denied</i>",
      input: [],
      effects: [],
    },
    {
      kind: "job",
      name: "lake-flatten",
      id: "jr_1",
      status: "SUCCEEDED",
      startMillis: Date.parse("2026-11-20T11:00:00.000Z"),
      endMillis: Date.parse("2026-11-20T11:00:01.500Z"),
      input: ["--HOUR 2026-11-20T10"],
      effects: ["records: 1 row of 1 raw object in 1 Parquet object"],
    },
  ],
  usage: {
    denied: [
      {
        principal: "arn:aws:iam::000000000000:role/router-role",
        action: "s3:PutObject",
        resource: "arn:aws:s3:::lake/a",
        at: "2026-11-20T10:04:09.123Z",
      },
    ],
    unused: [
      {
        role: "arn:aws:iam::000000000000:role/etl-role",
        action: "sns:Publish",
        resource: "arn:aws:sns:us-east-1:000000000000:failures",
      },
    ],
  },
  alarms: [
    {
      name: "router-lag",
      state: "ALARM",
      description: "records wait",
      reason: "Threshold Crossed: 1 datapoint [9000.0] was greater than the threshold (5000.0).",
      history: [
        {
          atMillis: Date.parse("2026-11-20T10:06:00.000Z"),
          summary: "Successfully executed action arn:aws:sns:failures",
        },
        { atMillis: Date.parse("2026-11-20T10:05:00.000Z"), summary: "Alarm updated from OK to ALARM" },
      ],
    },
    { name: "router-quiet", state: "OK", reason: "Unchecked: Initial alarm creation", history: [] },
  ],
  used: ["3 records of 12 B"],
  ledgers: [
    {
      stream: "in-stream",
      bucket: "lake-bucket",
      sent: 3,
      landed: 1,
      unformatted: 2,
      failed: 0,
      rawRows: 1,
      tableRows: 1,
      balanced: true,
      findings: [],
    },
  ],
  sinks: [
    {
      name: "totals",
      kind: "ServingTable",
      resource: "totals-table",
      stream: "in-stream",
      lines: ["3 records in = 1 row in 1 item + 0 rows left out + 0 rows unfolded + 2 records undecoded"],
      balanced: false,
      findings: ["1 × rows that no item has, as shardId-000000000000/100/0.0"],
    },
  ],
  ledgersAt: "2026-11-20T11:00:03.000Z",
};

export interface SavedRun {
  /** The directory to delete. */
  readonly work: string;
  readonly run: Run;
}

export function savedRun(): SavedRun {
  const work = mkdtempSync(path.join(tmpdir(), "console-"));
  const outcome = { records: 3, balanced: true, streamBytes: 1_000_000 };
  const startedAt = "2026-11-20T10:00:00.000Z";
  const directory = startRun(path.join(work, ".streamlake"), {
    project: "shop",
    stack: "dev",
    seed: 7,
    startedAt,
    begun: true,
    outcome,
  });
  const record = (sequenceNumber: string, payload: string) => ({
    shard: SHARD,
    sequenceNumber,
    arrivedMillis: Date.parse("2026-11-20T10:04:09.123Z"),
    partitionKey: "order-4711",
    payload: Buffer.from(payload),
  });
  const land = (prefix: string, first: string, last: string, lines: readonly string[]) => {
    const range = { shard: SHARD, first, last, count: lines.length };
    const file = path.join(directory, "s3", "lake-bucket", objectKey(prefix, "records", "2026-11-20T10", range));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(lines.join("")));
  };
  const detail = "json: 9 bytes do not parse as JSON (position 4)";
  const refused = (sequenceNumber: string, payload: string) =>
    unformattedLine(record(sequenceNumber, payload), "in-stream", {
      reason: "format",
      detail,
      format: "json",
    });
  land("raw/", "100", "100", [rawLineWriter(record("100", "{}"), "in-stream", "json")(0, '{"total":5}')]);
  land("unformatted/", "101", "102", [refused("101", HOSTILE), refused("102", "{broken")]);
  const failed = path.join(directory, "s3/lake-bucket/failed-deliveries/orders/processing-failed/2026/11/20/10/a.gz");
  const failedLine = (bytes: string, arrivalTimestamp: number) =>
    `${JSON.stringify({ rawData: Buffer.from(bytes).toString("base64"), errorCode: "Lambda.FunctionError", errorMessage: "the function failed", arrivalTimestamp })}\n`;
  mkdirSync(path.dirname(failed), { recursive: true });
  const [first, second] = [1, 2].map((count) => Date.parse("2026-11-20T10:04:08.123Z") + count * 1000) as [
    number,
    number,
  ];
  writeFileSync(failed, gzipSync(failedLine("<b>", first) + failedLine("a".repeat(5000), second)));
  const catalog = new Catalog(directory);
  catalog.putDatabase({ Name: "lake", CreateTime: 0, CatalogId: "000000000000" });
  const logs = path.join(directory, "logs", "aws", "lambda", "router", "2026", "11", "20");
  mkdirSync(logs, { recursive: true });
  writeFileSync(path.join(logs, "[$LATEST]0.log"), `first line\n${HOSTILE.replace("\u001b", "")}\nlast Line\n`);
  writeFileSync(path.join(directory, "console.json"), JSON.stringify(RECORD));
  const run = runAt(directory, path.basename(directory));
  if (!run) throw new Error(`${directory} is no run`);
  return { work, run };
}
