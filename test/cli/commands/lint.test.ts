import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { testIo } from "../support/testIo";

const ROOT = path.resolve(__dirname, "../../..");
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "lint-"));
  writeFileSync(path.join(cwd, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

let programs = 0;

/** @param body of a function with `streamlake` and `aws` */
async function lint(body: string, ...argv: string[]) {
  programs += 1;
  const main = `program${programs}.js`;
  writeFileSync(path.join(cwd, "Pulumi.yaml"), `name: shop\nmain: ${main}\n`);
  const required = (name: string) => `require(${JSON.stringify(require.resolve(name))})`;
  writeFileSync(
    path.join(cwd, main),
    `const aws = ${required("@pulumi/aws")}; const streamlake = ${required(path.join(ROOT, "index.ts"))};
     const { DataLake, FormatRouter, HourlyEtl, StreamIngest } = streamlake;
     module.exports = async () => {${body}};`,
  );
  const io = testIo({ cwd });
  const code = await dispatch(["lint", ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

const PIPELINE = `
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
`;

test("a program without contradictions exits with 0", async () => {
  expect(
    await lint(`${PIPELINE} new FormatRouter("router", { stream, lake }); new HourlyEtl("etl", { lake });`),
  ).toEqual({
    code: 0,
    out: "no contradiction in the stack dev; scan-limit needs --records-per-day\n",
    err: "",
  });
});

const FAULTY = `${PIPELINE}
  const router = new FormatRouter("router", {
    stream,
    lake,
    transform: {
      mapping: (args) => {
        args.filterCriteria = { filters: [{ pattern: '{"data":{"a":[1]}}' }] };
        args.maximumRecordAgeInSeconds = 604800;
        args.parallelizationFactor = 10;
      },
      function: { function: (args) => { args.reservedConcurrentExecutions = 39; } },
    },
  });
  new aws.cloudwatch.MetricAlarm("lag", {
    namespace: "AWS/Lambda", metricName: "Erors", dimensions: { FunctionName: router.functionName },
    comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1,
  });
`;

test("each contradiction is a line with its way out, and the exit code is 1", async () => {
  expect(await lint(FAULTY, "--records-per-day", "1e6")).toEqual({
    code: 1,
    out: [
      "! router-mapping: Lambda discards records after 168 hours, but the stream in-stream keeps them for 168 hours and drops them without a trace. Set maximumRecordAgeInSeconds below 604800, or raise the stream's retentionPeriod. (record-age)",
      "! router-router-function: its reserved concurrency is 39, but 4 shards of in-stream × 10 are 40 batches at once, so shards wait for each other. Reserve at least 40, or lower parallelizationFactor. (reserved-concurrency)",
      "! router-mapping: filter 1 is on data, so Lambda drops each record that is not JSON, but the router reads ndjson, csv too. Use the router's hook accept instead of the filter, or set its formats to json alone. (filtered-formats)",
      "! lag: it watches the metric Erors, which AWS/Lambda does not publish for FunctionName. Use one of Errors, DeadLetterErrors, IteratorAge. (dead-metrics)",
      "4 contradictions in the stack dev",
      "",
    ].join("\n"),
    err: "",
  });
});

test("--output json is for programs; --skip leaves rules out", async () => {
  const { code, out } = await lint(FAULTY, "--output", "json", "--skip", "dead-metrics,filtered-formats,record-age");
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    stack: "dev",
    findings: [
      {
        rule: "reserved-concurrency",
        type: "aws:lambda/function:Function",
        name: "router-router-function",
        problem:
          "its reserved concurrency is 39, but 4 shards of in-stream × 10 are 40 batches at once, so shards wait for each other.",
        wayOut: "Reserve at least 40, or lower parallelizationFactor.",
      },
    ],
    unchecked: ["scan-limit"],
  });
});

test("an existing bucket whose lifecycle is shorter than the look-back is found", async () => {
  const body = `
    const team = new aws.s3.Bucket("team");
    new aws.s3.BucketLifecycleConfiguration("team", {
      bucket: team.id, rules: [{ id: "all", status: "Enabled", expiration: { days: 3 }, filter: { prefix: "" } }],
    });
    const lake = new DataLake("lake", { bucket: team });
    new HourlyEtl("etl", { lake });
  `;
  const { out } = await lint(body);
  expect(out).toContain("team: the rule all deletes raw rows after 3 days, but the hourly step looks 168 hours back");
});

test("an unknown rule is a wrong command line", async () => {
  const { code, err } = await lint("", "--skip", "nope");
  expect({ code, err }).toEqual({
    code: 2,
    err: 'streamlake lint: --skip accepts record-age, timeouts, reserved-concurrency, filtered-formats, firehose-payload, raw-retention, copy-columns, dashboard-columns, scan-limit, dead-metrics, not "nope"\n',
  });
});

test("a program that fails exits with 1, and its error has the place", async () => {
  const { code, out, err } = await lint(`new StreamIngest("in", { retentionHours: 1 });`);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/^streamlake: program\d+\.js:\d+: StreamIngest "in": retentionHours is 1; /);
});
