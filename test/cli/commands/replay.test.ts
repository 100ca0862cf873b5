/** Replays of a local run: a program that has learnt a format takes up what it could not use before. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { readUnformattedLine } from "../../../lake/envelope";
import { filesBelow } from "../../../local/duckdb/files";
import { readLedger } from "../../../local/ledger/ledger";
import { streamPositions } from "../../../local/ledger/shardLogs";

const ROOT = path.join(__dirname, "../../..");

let work: string;
beforeAll(() => {
  work = mkdtempSync(path.join(tmpdir(), "replay-"));
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The stack's program with these formats. */
function program(formats: object): void {
  const text = `
    const { DataLake, FormatRouter, HourlyEtl, StreamIngest } = require(${JSON.stringify(path.join(ROOT, "index"))});
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("router", { stream, lake, batchWindowSeconds: 1, formats: ${JSON.stringify(formats)} });
    new HourlyEtl("etl", { lake });
    exports.streamName = stream.streamName;
  `;
  writeFileSync(path.join(work, "program.js"), text);
}

function streamlake(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const bin = path.join(ROOT, "bin/streamlake.js");
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...argv], { cwd: work }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** The only run. */
function runDirectory(): string {
  const runs = path.join(work, ".streamlake/dev/runs");
  return path.join(runs, readdirSync(runs)[0] ?? "");
}

const files = () => filesBelow(path.join(runDirectory(), "s3")).map((file) => path.relative(work, file));
const inPrefix = (prefix: string) => files().filter((file) => file.includes(`/${prefix}/`));

/** The ledger of the run as it lies on disk. */
async function ledger() {
  const run = runDirectory();
  const [bucket = ""] = readdirSync(path.join(run, "s3")).filter((name) => name.startsWith("lake-lake-"));
  const [stream = ""] = readdirSync(path.join(run, "kinesis"));
  const logs = filesBelow(path.join(run, "kinesis", stream)).map((file) => ({
    shard: path.basename(file, ".ndjson"),
    path: file,
  }));
  const lakeDir = path.join(run, "s3", bucket);
  return readLedger({ sent: streamPositions(stream, logs), lakeDir, failedDirs: [] }, work);
}

test("what a program could not use lands once it can, keeps its identity, and changes nothing a second time", async () => {
  program({ json: {} });
  const ran = await streamlake(..."local --records 120 --malformed 0.2 --formats json,csv --seed 3".split(" "));
  expect(ran).toMatchObject({ code: 0, err: "" });
  const before = files();

  program({ json: {}, csv: {} });
  const dry = await streamlake("replay");
  expect(dry).toMatchObject({ code: 0, err: "" });
  const [, sent = "", landed = ""] = /(\d+) records through the router: (\d+) would land/.exec(dry.out) ?? [];
  expect(Number(landed)).toBeGreaterThan(10);
  expect(Number(sent)).toBeGreaterThan(Number(landed));
  expect(dry.out).toContain("nothing was written; use --apply to write");
  expect(files()).toEqual(before);

  const applied = await streamlake("replay", "--apply");
  expect(applied).toMatchObject({ code: 0, err: "" });
  expect(applied.out).toContain(`${sent} records through the router: ${landed} landed`);
  expect(applied.out).toContain("the hourly step processed");
  const asked = await streamlake(
    "query",
    `SELECT count(*) AS n, count(DISTINCT "_id") AS ids FROM records WHERE "_format" = 'csv'`,
    "--json",
  );
  const [[rows, ids]] = JSON.parse(asked.out).rows;
  expect(Number(rows)).toBeGreaterThanOrEqual(Number(landed));
  expect(ids).toBe(rows);
  const inspected = await streamlake("inspect");
  expect(inspected.out).toMatch(new RegExp(`^${Number(sent) - Number(landed)} unformatted records`));

  const after = files();
  expect(inPrefix("replayed").length).toBeGreaterThan(0);
  const again = await streamlake("replay", "--apply");
  expect(again.out).toContain(`${Number(sent) - Number(landed)} records through the router: 0 landed`);
  expect(files()).toEqual(after);

  // Not a byte is lost: what left unformatted/ lies, line by line, in replayed/.
  const kept = inPrefix("replayed").flatMap((file) =>
    gunzipSync(readFileSync(path.join(work, file)))
      .toString()
      .split("\n")
      .slice(0, -1)
      .map(readUnformattedLine),
  );
  expect(new Set(kept.map(({ id }) => id)).size).toBe(Number(landed));
  expect(await ledger()).toMatchObject({
    balanced: true,
    records: { sent: 120, unformatted: Number(sent) - Number(landed) },
  });
}, 240_000);

test.each<[string[], string]>([
  [["--from", "yesterday"], '--from must be an hour, as 2026-11-20T10 (UTC), not "yesterday"'],
  [["--reason", "bored"], "--reason accepts format, too-large, limits, checksum, empty, hook, rejected, schema"],
  [["--endpoint-url", "http://127.0.0.1:1"], "--endpoint-url needs --function"],
  [["--endpoint-url", "http://127.0.0.1:1", "--function", ""], "--function must not be empty"],
  [["--workflow", ""], "--workflow must not be empty"],
])("%j is wrong usage", async (argv, message) => {
  const { code, err } = await streamlake("replay", ...argv);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("a replay of two lakes that share a bucket is refused", async () => {
  const text = `
    const { Bucket } = require("@pulumi/aws/s3");
    const { DataLake, FormatRouter, StreamIngest } = require(${JSON.stringify(path.join(ROOT, "index"))});
    const [stream, bucket] = [new StreamIngest("in"), new Bucket("team")];
    for (const name of ["a", "b"]) {
      new FormatRouter(name, { stream, lake: new DataLake(name + "-lake", { bucket, prefix: name + "/" }) });
    }
    exports.streamName = stream.streamName;
  `;
  writeFileSync(path.join(work, "program.js"), text.replace("@pulumi/aws/s3", require.resolve("@pulumi/aws/s3")));
  expect(await streamlake("local", "--records", "5")).toMatchObject({ code: 0, err: "" });
  expect(await streamlake("replay")).toMatchObject({
    code: 1,
    err: "streamlake replay: the program routes streams into 2 lakes; a replay is of one lake\n",
  });
}, 240_000);
