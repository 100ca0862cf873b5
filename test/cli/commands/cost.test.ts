import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { testIo } from "../support/testIo";

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "cost-"));
  writeFileSync(path.join(cwd, "Pulumi.yaml"), "name: shop\nmain: program.js\n");
  writeFileSync(path.join(cwd, "Pulumi.prod.yaml"), "config:\n  aws:region: eu-west-1\n");
  const pulumi = JSON.stringify(require.resolve("@pulumi/pulumi"));
  writeFileSync(
    path.join(cwd, "program.js"),
    `const pulumi = require(${pulumi});
     class Ingest extends pulumi.ComponentResource {}
     module.exports = async () => {
       const parent = new Ingest("streamlake:index:StreamIngest", "ingest");
       new pulumi.CustomResource("aws:kinesis/stream:Stream", "orders", { shardCount: 1 }, { parent });
       new pulumi.CustomResource("aws:sns/topic:Topic", "alerts", {});
     };`,
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function cost(...argv: string[]) {
  const io = testIo({ cwd });
  const code = await dispatch(["cost", ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

test("the table lists what is known by component, and below it what is open", async () => {
  // 730 × 0.015 = 10.95; 0.014 a million × 2.4e6 × 730 / 24 / 1e6 = 73 million: 1.022
  expect(await cost("--stack", "prod", "--records-per-day", "2.4e6", "--record-bytes", "900")).toEqual({
    code: 0,
    err: "",
    out: [
      "A month of the stack prod, in US dollars",
      "2,400,000 records of 900 B a day to each stream",
      "Prices of us-east-1 on 2026-11-22, without free tiers and discounts; the stack is in eu-west-1, whose prices differ",
      "",
      "component            part          fixed    per million  month    basis",
      "───────────────────  ────────────  ───────  ───────────  ───────  ───────────────────────────",
      "StreamIngest ingest  shards        10.95                 10.95    1 shard, 730 hours",
      "StreamIngest ingest  data written           0.01         1.02     1 PUT payload unit a record",
      "total                              ≥ 10.95  ≥ 0.01       ≥ 11.97",
      "",
      "Open, and not in the total:",
      "  program, messages: the number of messages ($0.50 per million messages)",
      "",
    ].join("\n"),
  });
});

test("without --records-per-day, the month of what depends on it is open", async () => {
  const { out } = await cost("--stack", "prod", "--hours-per-day", "8");
  expect(out).toContain("Records of 1.0 kB; --records-per-day gives their number\n");
  expect(out).toContain(
    "StreamIngest ingest  data written           0.01         open   1 PUT payload unit a record\n",
  );
});

test("--output json has every line, the open parts and the traffic", async () => {
  const { code, out } = await cost("--stack", "prod", "--output", "json", "--records-per-day", "24");
  expect(code).toBe(0);
  const found = JSON.parse(out);
  expect(found).toMatchObject({
    region: "eu-west-1",
    pricedRegion: "us-east-1",
    traffic: { recordsPerDay: 24, recordBytes: 1000, activeHours: 24 },
    total: { fixedUsd: 10.95, perMillionUsd: 0.014, atLeast: true },
  });
  expect(found.lines.map(({ part }: { part: string }) => part)).toEqual(["shards", "data written"]);
  expect(found.open.map(({ part }: { part: string }) => part)).toEqual(["messages"]);
});

test.each([
  [["--records-per-day", "many"], '--records-per-day must be a number above 0, such as 50e6, not "many"'],
  [["--record-bytes", "0"], '--record-bytes must be a number above 0, such as 50e6, not "0"'],
  [["--output", "xml"], '--output must be one of table, json, not "xml"'],
  [["--hours-per-day", "25"], '--hours-per-day must be a whole number from 1 to 24, not "25"'],
])("%j is refused", async (argv, message) => {
  expect(await cost(...argv)).toEqual({ code: 2, out: "", err: `streamlake cost: ${message}\n` });
});
