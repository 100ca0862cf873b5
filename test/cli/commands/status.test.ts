/** One screen on a run by its files, and on a deployed stack by its services: what is well, what is late, and the exit code. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CloudWatchClient, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { globSync } from "tinyglobby";
import { dispatch } from "../../../cli/dispatch";
import { changeMarker } from "../../../cli/project/runs/marker";
import { beginRun, startRun } from "../../../cli/project/runs/startRun";
import { fingerprintOf, sealKey } from "../../../lake/hourly/ledger";
import { systemClock } from "../../../local/cloud/clock";
import { serveStack } from "../support/servedStack";
import { testIo } from "../support/testIo";

describe("a local run", () => {
  const base = mkdtempSync(path.join(tmpdir(), "status-"));
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  const startedAt = "2026-11-20T14:20:30.000Z";
  const clock = { ...systemClock, now: () => Date.parse("2026-11-20T14:30:00Z") };

  beforeAll(() => {
    const marker = { project: "lake", stack: "dev", seed: 1, startedAt };
    const directory = startRun(path.join(base, ".streamlake"), marker);
    beginRun(directory, 5);
    changeMarker(directory, { outcome: { records: 1300, balanced: true } });
    const land = (area: string, table: string, hour: string, count: number) => {
      const folder = path.join(directory, "s3/lake", area, table, "dt=2026-11-20", `hour=${hour}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, `shardId-000000000000-100-200-${count}.ndjson.gz`), "");
    };
    land("raw", "records", "14", 1000);
    land("raw", "orders", "11", 200);
    land("raw", "records", "12", 70);
    land("unformatted", "records", "12", 30);
    // Firehose chooses this name.
    const folder = path.join(directory, "s3/delivered/raw/sales/dt=2026-11-20/hour=13");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "sales-1-2026-11-20-13-05-00-0f0e.delivered.ndjson.gz"), "");
  });

  async function status(...argv: string[]) {
    const io = testIo({ cwd: base, clock });
    const code = await dispatch(["status", ...argv], io);
    return { code, out: io.out().toString(), err: io.err() };
  }

  test("an hour that is over for more than two hours and not sealed is late", async () => {
    expect(await status()).toEqual({
      code: 1,
      err: "",
      out: [
        `the stack "dev", run of ${startedAt}`,
        "✓ run     20261120-142030 has ended",
        "✓ ledger  1,300 records, balanced",
        "",
        "   hour (UTC)     table     rows  unformatted  hourly step",
        "─  ─────────────  ───────  ─────  ───────────  ────────────────────",
        "   2026-11-20T13  sales                     0  not begun",
        "   2026-11-20T14  records  1,000            0  the hour is not over",
        "   2026-11-20T12  records     70           30  not begun",
        "!  2026-11-20T11  orders     200            0  not begun",
        "",
      ].join("\n"),
    });
  });

  test("only the hours that are asked for count", async () => {
    const { code, out } = await status("--since", "2h");
    expect(code).toBe(0);
    expect(out).not.toContain("orders");
    expect(out).toContain("2026-11-20T12");
  });

  test("as JSON, with the hours that are late", async () => {
    const { code, out } = await status("--json", "--hour", "2026-11-20T11");
    const late = {
      bucket: "lake",
      table: "orders",
      hour: "2026-11-20T11",
      rows: 200,
      unformatted: 0,
      state: { stage: "pending", isOver: true },
    };
    expect({ code, found: JSON.parse(out) }).toMatchObject({ code: 1, found: { hours: [late], late: [late] } });
  });

  test("no hour is late in a lake without an hourly step", async () => {
    const [directory = ""] = globSync(".streamlake/**/streamlake-run.json", {
      cwd: base,
      absolute: true,
      dot: true,
    }).map(path.dirname);
    changeMarker(directory, { outcome: { records: 1300, balanced: true, flattened: ["delivered"] } });
    const { code, out } = await status("--json");
    const { hours, late } = JSON.parse(out) as { hours: { table: string; state?: object }[]; late: object[] };
    expect({ code, late }).toEqual({ code: 0, late: [] });
    expect(hours.flatMap(({ table, state }) => (state ? table : []))).toEqual(["sales"]);
  });

  test("of two lakes in a bucket, only hours of the one with an hourly step are late", async () => {
    const directory = startRun(path.join(base, "shared"), { project: "lake", stack: "dev", seed: 1, startedAt });
    beginRun(directory, 5);
    changeMarker(directory, { outcome: { records: 2, balanced: true, flattened: ["team-data/two/raw/"] } });
    for (const prefix of ["one", "two"]) {
      const folder = path.join(directory, "s3/team-data", prefix, `raw/of_${prefix}/dt=2026-11-20/hour=11`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, "shardId-000000000000-100-200-1.ndjson.gz"), "");
    }
    const { code, out } = await status("--dir", "shared", "--json");
    const { late } = JSON.parse(out) as { late: { table: string }[] };
    expect({ code, late: late.map(({ table }) => table) }).toEqual({ code: 1, late: ["of_two"] });
  });

  test("hours of Parquet that Firehose writes are listed, without a number of rows and never late", async () => {
    const directory = startRun(path.join(base, "converted"), { project: "lake", stack: "dev", seed: 1, startedAt });
    beginRun(directory, 5);
    changeMarker(directory, { outcome: { records: 2, balanced: true } });
    for (const [table, hour] of [
      ["sales_delivered_files", "11"],
      ["sales_delivered_files", "12"],
      ["other", "11"],
    ]) {
      const folder = path.join(directory, `s3/lake/parquet-output/${table}/dt=2026-11-20/hour=${hour}`);
      mkdirSync(folder, { recursive: true });
      for (const name of ["a", "b"]) writeFileSync(path.join(folder, `${name}.parquet`), "");
    }
    const { code, out } = await status("--dir", "converted", "--json");
    const table = "sales_delivered_files";
    expect({ code, hours: JSON.parse(out).hours }).toEqual({
      code: 0,
      hours: ["12", "11"].map((hour) => ({ bucket: "lake", table, hour: `2026-11-20T${hour}`, unformatted: 0 })),
    });
  });

  test("the rows of a sealed hour are those that its ledger counted", async () => {
    const directory = startRun(path.join(base, "sealed"), { project: "lake", stack: "dev", seed: 1, startedAt });
    beginRun(directory, 5);
    const put = (key: string, body: string) => {
      const file = path.join(directory, "s3/lake", key);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, body);
    };
    const hour = "2026-11-20T13" as const;
    const keys = {
      sales: "raw/sales/dt=2026-11-20/hour=13/sales-1-2026-11-20-13-05-00-0f0e.delivered.ndjson.gz",
      orders: "raw/orders/dt=2026-11-20/hour=13/shardId-000000000000-100-200-1560.ndjson.gz",
    };
    for (const [table, key] of Object.entries(keys)) {
      put(key, "");
      const seal = sealKey("ledger/", { table, hour, fingerprint: fingerprintOf([key]) });
      put(seal, JSON.stringify({ hour, table, objects: 1, rawRows: 999, rows: 999 }));
    }
    const { out } = await status("--dir", "sealed");
    expect(out).toMatch(/ 2026-11-20T13 {2}orders +999 +0 {2}sealed at/);
    expect(out).toMatch(/ 2026-11-20T13 {2}sales +999 +0 {2}sealed at/);
  });

  test("the alarms of a run are those of its end", async () => {
    const directory = startRun(path.join(base, "alarms"), { project: "lake", stack: "dev", seed: 1, startedAt });
    beginRun(directory, 5);
    const outcome = { records: 1, balanced: true };
    changeMarker(directory, { outcome, alarms: { count: 3, off: [] } });
    const well = await status("--dir", "alarms");
    expect(well).toMatchObject({ code: 0, out: expect.stringContaining("✓ alarms  none of 3 has gone off\n") });
    const off = { name: "view-alarm-unfolded", since: "2026-11-20T14:21:00.000Z", description: "Rows are not folded" };
    changeMarker(directory, { outcome, alarms: { count: 3, off: [off] } });
    const line = "! alarm   view-alarm-unfolded since 2026-11-20T14:21:00.000Z: Rows are not folded\n";
    expect(await status("--dir", "alarms")).toMatchObject({ code: 1, out: expect.stringContaining(line) });
  });

  test("a ledger that was read before the last records of a served run is outdated", async () => {
    const directory = startRun(path.join(base, "grown"), { project: "lake", stack: "dev", seed: 1, startedAt });
    beginRun(directory, 5);
    mkdirSync(path.join(directory, "kinesis", "clicks"), { recursive: true });
    writeFileSync(path.join(directory, "kinesis", "clicks", "shardId-000000000000.ndjson"), "x".repeat(11));
    changeMarker(directory, { outcome: { records: 10, balanced: true, streamBytes: 10 } });
    const found = await status("--dir", "grown");
    const line = "? ledger  10 records, outdated: records have arrived since it was read\n";
    expect(found).toMatchObject({ code: 0, out: expect.stringContaining(line) });
    changeMarker(directory, { outcome: { records: 10, balanced: true, streamBytes: 11 } });
    expect((await status("--dir", "grown")).out).toContain("✓ ledger  10 records, balanced\n");
  });

  test("a broken ledger and a run without results are not well", async () => {
    const [directory] = [startRun(path.join(base, "other"), { project: "lake", stack: "dev", seed: 1, startedAt })];
    beginRun(directory, 5);
    changeMarker(directory, { outcome: { records: 1, balanced: false } });
    const broken = await status("--dir", "other");
    expect(broken).toMatchObject({ code: 1, out: expect.stringContaining("! ledger  1 record, broken\n") });
    changeMarker(directory, { outcome: undefined, failed: true });
    const failed = await status("--dir", "other");
    expect(failed).toMatchObject({
      code: 1,
      out: expect.stringContaining("! run  20261120-142030 failed before its results\n"),
    });
  });
});

describe("a deployed stack", () => {
  test("its stream, mappings, executions and alarms, and what may not be read", async () => {
    const stack = await serveStack({
      records: 100,
      more: `
        const { DeliveryStream } = require(${JSON.stringify(path.join(__dirname, "../../../index"))});
        const sales = new StreamIngest("sales");
        const delivery = new DeliveryStream("delivery", { stream: sales, lake: new DataLake("delivered") });
        Object.assign(outputs, { sales: sales.streamName, delivery: delivery.deliveryStreamName });
        const topic = new aws.sns.Topic("alarms");
        outputs.alarmTopicArn = topic.arn;
        const watched = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: 1e9, period: 60, statistic: "Sum" };
        new aws.cloudwatch.MetricAlarm("own", { name: "own", alarmDescription: "Too many.", namespace: "Shop", metricName: "Orders",
          dimensions: { Shop: "1" }, alarmActions: [topic.arn], ...watched });
        new aws.cloudwatch.MetricAlarm("stream", { name: "stream", namespace: "AWS/Kinesis", metricName: "IncomingRecords",
          dimensions: { StreamName: streamName }, ...watched });
        new aws.cloudwatch.MetricAlarm("other", { name: "other", namespace: "Shop", metricName: "Orders", dimensions: { Shop: "2" }, ...watched });
      `,
    });
    const cloudwatch = new CloudWatchClient({
      region: "us-east-1",
      endpoint: stack.endpoint,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });
    try {
      writeFileSync(path.join(stack.work, "out.json"), JSON.stringify(stack.outputs));
      const status = () => stack.run(["status", "--outputs", "out.json"]);
      const well = await status();
      const lines = well.out.split("\n");
      expect({ code: well.code, err: well.err }).toEqual({ code: 0, err: "" });
      expect(lines[0]).toBe("the stack of out.json");
      expect(lines[1]).toBe(
        `✓ stream       ${stack.outputs.streamName}: ACTIVE, 4 open shards (on demand), keeps 168 hours`,
      );
      expect(lines[2]).toMatch(/^✓ mapping {6}router-router-function-[0-9a-f]{7}: Enabled$/);
      expect(lines[3]).toMatch(/^✓ hourly step {2}last SUCCEEDED at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(lines[4]).toBe("✓ alarms       none of 2 has gone off");
      expect(well.out).toMatch(/records +\d+ +\d+ +sealed at \d\d:\d\d\n/);

      const { sales, delivery } = stack.outputs;
      const checkOf = async (changes: object) => {
        writeFileSync(path.join(stack.work, "sales.json"), JSON.stringify({ ...stack.outputs, ...changes }));
        return (await stack.run(["status", "--outputs", "sales.json"])).out.split("\n")[2];
      };
      expect(await checkOf({ streamName: sales })).toBe("! mapping      no function reads the stream");
      expect(await checkOf({ streamName: sales, deliveryStreamName: delivery })).toBe(
        `✓ mapping      no function reads the stream; the delivery stream ${delivery} does`,
      );

      const set = { StateValue: "ALARM", StateReason: "tried" } as const;
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "own", ...set }));
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: "other", ...set }));
      const off = await status();
      expect(off.code).toBe(1);
      expect(off.out).toMatch(/\n! alarm {8}own since \d{4}-\S+Z: Too many\.\n/);
      expect(off.out).not.toContain("other");
    } finally {
      cloudwatch.destroy();
      await stack.stop();
    }
  }, 240_000);
});
