/** The embedded metric format in the files of log groups. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Metrics } from "../../../../local/cloud/metrics/metrics";
import { embeddedMetrics } from "../../../../local/services/cloudwatch/embeddedMetrics";

const AT = Date.parse("2026-11-20T10:00:30Z");
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "metrics-"));
  mkdirSync(path.join(dataDir, "logs", "aws", "lambda"), { recursive: true });
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const log = (...lines: string[]) =>
  appendFileSync(path.join(dataDir, "logs", "aws", "lambda", "f.log"), lines.map((line) => `${line}\n`).join(""));

const entry = (more: object, directive: object = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: AT,
      CloudWatchMetrics: [
        { Namespace: "Shop", Dimensions: [["Stream"]], Metrics: [{ Name: "Rows", Unit: "Count" }], ...directive },
      ],
    },
    Stream: "clicks",
    ...more,
  });

function world() {
  const metrics = new Metrics({ now: () => AT });
  const read = embeddedMetrics(metrics, dataDir);
  const rows = (dimensions: Record<string, string> = { Stream: "clicks" }) =>
    metrics.statistics({ namespace: "Shop", name: "Rows", dimensions, from: AT - 30_000, to: AT + 30_000 });
  return { metrics, read, rows };
}

test("each line counts once, however often the files are read", () => {
  const { read, rows, metrics } = world();
  log("START RequestId: 1", entry({ Rows: 3 }));
  read();
  read();
  log(entry({ Rows: 4 }));
  read();
  expect(rows()).toEqual({ count: 2, sum: 7, min: 3, max: 4 });
  expect(metrics.units({ namespace: "Shop", name: "Rows", dimensions: { Stream: "clicks" } })).toEqual(["Count"]);
});

test("a list of values counts each, and each set of dimensions is a metric", () => {
  const { read, rows, metrics } = world();
  log(entry({ Rows: [1, 2, "3", null], Format: "csv" }, { Dimensions: [["Stream", "Format"], []] }));
  read();
  expect(rows({ Stream: "clicks", Format: "csv" })).toEqual({ count: 2, sum: 3, min: 1, max: 2 });
  expect(rows({})?.sum).toBe(3);
  expect(metrics.list()).toHaveLength(2);
});

test("a line of PutLogEvents begins with its time", () => {
  const { read, rows } = world();
  log(`2026-11-20T10:00:30.000Z\t${entry({ Rows: 1 })}`);
  read();
  expect(rows()?.sum).toBe(1);
});

test.each([
  ["no JSON", `oops "_aws" ${entry({ Rows: 1 })}`],
  ["JSON that is no object", `["_aws"]`],
  [
    "within another object, as console.log of Lambda's JSON format writes it",
    JSON.stringify({ message: JSON.parse(entry({ Rows: 1 })) }),
  ],
  ["without a time", JSON.stringify({ ...JSON.parse(entry({ Rows: 1 })), _aws: { CloudWatchMetrics: [] } })],
  ["without the dimension's value", entry({ Rows: 1, Stream: undefined })],
  ["with a text as the value", entry({ Rows: "1" })],
  ["with a null as the directive", JSON.stringify({ _aws: { Timestamp: AT, CloudWatchMetrics: [null] }, Rows: 1 })],
  ["with a null as the metric", entry({ Rows: 1 }, { Metrics: [null] })],
  ["with a metric without a name", entry({ Rows: 1, undefined: 1 }, { Metrics: [{}] })],
  ["with a null as the set of dimensions", entry({ Rows: 1 }, { Dimensions: [null] })],
  ["with an object as the name of a dimension", entry({ Rows: 1 }, { Dimensions: [[{ toString: 1 }]] })],
  ["with a number as the unit", entry({ Rows: 1 }, { Metrics: [{ Name: "Rows", Unit: 1 }] })],
  ["with a null as _aws", JSON.stringify({ _aws: null, Rows: 1 })],
  ["with directives that are no list", JSON.stringify({ _aws: { Timestamp: AT, CloudWatchMetrics: 7 }, Rows: 1 })],
])("a line %s has no metrics", (_case, line) => {
  const { read, metrics } = world();
  log(line);
  read();
  expect(metrics.list()).toEqual([]);
});

test("a line that does not meet the specification loses no metric of the next line", () => {
  const { read, rows } = world();
  log(JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [null] } }), entry({ Rows: 2 }));
  read();
  expect(rows()?.sum).toBe(2);
});
