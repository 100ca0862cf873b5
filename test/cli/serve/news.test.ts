/** The lines of a served cloud: a few for each kind and second, and one that counts the rest. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { batchLines, News, type RoutedBatch } from "../../../cli/serve/news";
import type { Service } from "../../../local/cloud/service";

const batch = (more: Partial<RoutedBatch> = {}): RoutedBatch => ({
  Stream: "clicks",
  Records: 500,
  Rows: 900,
  Unformatted: 0,
  FailedWrites: 0,
  ...more,
});

test("a batch is a line with its records, rows, and what could not be used by reason", () => {
  const counts = {
    Unformatted: 12,
    "Unformatted.format.unknown": 3,
    "Unformatted.format.csv": 4,
    "Unformatted.hook.json": 5,
  };
  expect(batchLines([batch(), batch({ Rows: 1, ...counts, FailedWrites: 1 })], 200)).toEqual([
    "clicks: 500 records, 900 rows",
    "clicks: 500 records, 1 row, 12 unformatted (format 7, hook 5), 1 failed write",
  ]);
});

test("of many batches three are lines, and the rest is summed up", () => {
  const lines = batchLines(
    [...Array(44).keys()].map(() => batch({ Unformatted: 1, "Unformatted.empty.unknown": 1 })),
    200,
  );
  expect(lines).toHaveLength(4);
  expect(lines[3]).toBe("… 41 more batches: 20,500 records, 36,900 rows, 41 unformatted (empty 41)");
});

test("a line that is too long leaves out the reasons", () => {
  const counts = { Unformatted: 1, "Unformatted.format.unknown": 1 };
  const whole = "clicks: 500 records, 900 rows, 1 unformatted (format 1)";
  expect(batchLines([batch(counts)], whole.length)).toEqual([whole]);
  expect(batchLines([batch(counts)], whole.length - 1)).toEqual(["clicks: 500 records, 900 rows, 1 unformatted"]);
});

describe("a cloud", () => {
  let dataDir: string;
  const failed: object[] = [];
  const executions: object[] = [];
  const services: Readonly<Record<string, object>> = {
    lambda: { failedBatches: () => [...failed] },
    states: { executions: () => [...executions] },
    sns: {
      topics: () => [{ arn: "arn:aws:sns:us-east-1:000000000000:failures", messages: [], emails: ["a@example.com"] }],
    },
  };
  const cloud = () => ({ dataDir, service: (name: string) => services[name] as Service });
  const execution = (name: string, status: string, more: object = {}) => ({
    arn: `arn:aws:states:us-east-1:000000000000:execution:hourly:${name}`,
    name,
    status,
    children: [],
    ...more,
  });
  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), "news-"));
    mkdirSync(path.join(dataDir, "logs/router"), { recursive: true });
    mkdirSync(path.join(dataDir, "sns"), { recursive: true });
    failed.length = 0;
    executions.length = 0;
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
  const log = (line: string) => appendFileSync(path.join(dataDir, "logs/router/a.log"), `${line}\n`);
  const publish = (message: object) =>
    appendFileSync(path.join(dataDir, "sns/alerts.ndjson"), `${JSON.stringify(message)}\n`);

  test("tells batches, discarded batches and messages once, and nothing of before", () => {
    log(JSON.stringify({ message: "routed", ...batch() }));
    const news = new News(cloud());
    expect(news.read(200)).toEqual([]);
    log(JSON.stringify({ message: "routed", ...batch({ Records: 2 }) }));
    log('{"message":"routed", and no JSON');
    log('{"message":"routed"}');
    log('{"message":"other"}');
    publish({ subject: "big order", body: "{}" });
    publish({ body: "x\n\u001b[31my" });
    failed.push({
      records: 3,
      shard: "shardId-000000000000",
      condition: "RetryAttemptsExhausted",
      reason: "Error: broken",
      destination: "s3://failed/key",
    });
    expect(news.read(200)).toEqual([
      "clicks: 2 records, 900 rows",
      "batch DISCARDED: 3 records of shardId-000000000000, RetryAttemptsExhausted (Error: broken), s3://failed/key",
      "message to alerts: big order",
      "message to alerts: x [31my",
    ]);
    expect(news.read(200)).toEqual([]);
  });

  test("tells starts and ends of workflows, without starters and flushes that succeed", () => {
    const news = new News(cloud());
    executions.push(execution("one", "RUNNING"), execution("flush-2026", "RUNNING"));
    expect(news.read(200)).toEqual(["workflow hourly: one started"]);
    expect(news.read(200)).toEqual([]);
    const succeeded = (output: object) => ({ end: { status: "SUCCEEDED", output } });
    executions.length = 0;
    executions.push(
      execution("one", "SUCCEEDED", succeeded({ hour: "2026-11-20T10", result: "flattened", hours: 2 })),
      execution("flush-2026", "SUCCEEDED", succeeded({ hour: "2026-11-20T10", result: "nothing to do", hours: 0 })),
      execution("two", "SUCCEEDED", succeeded({ hour: "2026-11-20T09", result: "nothing to do", hours: 0 })),
      execution("starter", "SUCCEEDED", { children: [{}], ...succeeded({ result: "started" }) }),
      execution("bad", "FAILED", { end: { status: "FAILED", error: "HourlyStepFailed", cause: "a\nb" } }),
    );
    expect(news.read(200)).toEqual([
      "workflow hourly: one SUCCEEDED, flattened 2 hours (up to 2026-11-20T10)",
      "workflow hourly: two SUCCEEDED, nothing to do (up to 2026-11-20T09)",
      "workflow hourly: bad FAILED, HourlyStepFailed: a b",
    ]);
    expect(news.read(200)).toEqual([]);
  });

  test("a message of a topic with an e-mail subscription has the address", () => {
    const news = new News(cloud());
    const message = `${JSON.stringify({ subject: "An hour failed", body: "{}" })}\n`;
    appendFileSync(path.join(dataDir, "sns/failures.ndjson"), message);
    expect(news.read(200)).toEqual([
      "message to failures: An hour failed (AWS sends it to a@example.com, once confirmed)",
    ]);
  });

  test("of many messages three are lines", () => {
    const news = new News(cloud());
    for (let count = 0; count < 10; count++) publish({ subject: `alert ${count}`, body: "{}" });
    expect(news.read(200)).toEqual([
      "message to alerts: alert 0",
      "message to alerts: alert 1",
      "message to alerts: alert 2",
      "… and 7 messages more",
    ]);
  });
});
