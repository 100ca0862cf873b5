/** A program with resources of its own beside two streams and their routers: it runs to SQL, with a ledger for each stream. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LocalReport } from "../../../../cli/run/report";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const PROJECT = path.join(ROOT, "test/fixtures/platform");
const work = mkdtempSync(path.join(tmpdir(), "platform-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function local(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, "local", "--dir", work, ...argv], { cwd: PROJECT }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const NOT_SIMULATED = "the type is not simulated";
const SQL = 'SELECT (SELECT count(*) FROM "clicks") AS clicks, (SELECT count(*) FROM "orders") AS orders';

test("every routed stream gets records, and each has its own ledger", async () => {
  const file = path.join(work, "report.json");
  const { code, out, err } = await local("--records", "200", "--report", file, "--query", SQL);
  expect(err).toBe("");
  expect(code).toBe(0);
  const report = JSON.parse(readFileSync(file, "utf8")) as LocalReport;
  expect(report.ledgers.map(({ stream, ledger }) => [stream.replace(/-[0-9a-f]{7}$/, ""), ledger.balanced])).toEqual([
    ["clicks-stream", true],
    ["orders-stream", true],
  ]);
  expect(report.ledgers.map(({ ledger }) => ledger.records.sent)).toEqual([200, 200]);
  expect(report.ledger).toMatchObject({ balanced: true, records: { sent: 400 } });
  expect(report.sent.records).toBe(400);
  expect(report.queries[0]?.rows).toEqual([report.ledgers.map(({ ledger }) => ledger.rows.raw)]);
  expect(report.declaredOnly.map(({ type, name, reason }) => [`${type} ${name}`, reason])).toEqual([
    ["aws:acm/certificate:Certificate site", NOT_SIMULATED],
    ["aws:ecs/cluster:Cluster shop", NOT_SIMULATED],
    ["aws:ecs/taskDefinition:TaskDefinition service", NOT_SIMULATED],
    ["aws:iam/rolePolicyAttachment:RolePolicyAttachment service", expect.stringContaining("policies that AWS manages")],
    ["aws:rds/instance:Instance db", NOT_SIMULATED],
    ["aws:rds/subnetGroup:SubnetGroup db", NOT_SIMULATED],
    ["aws:route53/record:Record validation", NOT_SIMULATED],
  ]);
  expect(out).toContain("  7 resources are not simulated, and the pipeline does not use them:\n");
  expect(out.match(/^Ledger of (clicks|orders)-stream-[0-9a-f]{7} in lake-/gm)).toHaveLength(2);
}, 180_000);

test("--stream chooses where files go, and several streams need it", async () => {
  const rows = path.join(work, "rows.ndjson");
  writeFileSync(rows, '{"n":1}\n{"n":2}\n');
  const file = path.join(work, "orders.json");
  const { code, err } = await local("--input", rows, "--stream", "orders", "--report", file, "--query", "SELECT 1");
  expect(err).toBe("");
  expect(code).toBe(0);
  const { ledgers } = JSON.parse(readFileSync(file, "utf8")) as LocalReport;
  expect(ledgers.map(({ ledger }) => [ledger.records.sent, ledger.rows.tables])).toEqual([
    [0, 0],
    [2, 2],
  ]);
  expect(await local("--input", rows)).toMatchObject({
    code: 1,
    err: "streamlake local: --input: the program writes 2 streams: clicks, orders; choose one with --stream\n",
  });
  expect(await local("--stream", "order")).toMatchObject({
    code: 1,
    err: 'streamlake local: --stream: the program declares no stream "order"; it declares clicks, orders\n',
  });
}, 180_000);
