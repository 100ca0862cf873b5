/** The steps of a local run that ask a program's own resources, and the ledgers of its routes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { askWarehouse, ledgersOf } from "../../../cli/run/steps";
import { createProgress } from "../../../cli/terminal/progress";
import { testIo } from "../support/testIo";

const dataDir = mkdtempSync(path.join(tmpdir(), "steps-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const workgroup = (name: string) => [
  { type: "aws:redshiftserverless/namespace:Namespace", inputs: { namespaceName: name }, outputs: {} },
  { type: "aws:redshiftserverless/workgroup:Workgroup", inputs: { namespaceName: name, workgroupName: name } },
];

test.each([
  [[], "streamlake local: --warehouse-query needs a Warehouse, and the program declares none"],
  [
    [...workgroup("wh-1"), ...workgroup("wh-2")],
    "streamlake local: --warehouse-query needs one Warehouse, and the program declares several: wh-1, wh-2; ask each by the Data API of --serve",
  ],
])("a query needs one warehouse", async (resources, message) => {
  await expect(askWarehouse({ cloud: { resources } } as never, ["SELECT 1"])).rejects.toThrow(new Error(message));
  expect(await askWarehouse({ cloud: { resources } } as never, [])).toEqual([]);
});

test("rows that a delivery stream's function has written itself are not those of a router", async () => {
  const folder = path.join(dataDir, "lake", "raw", "sales", "dt=2026-11-20", "hour=10");
  mkdirSync(folder, { recursive: true });
  const _id = "shardId-000000000000/4960/0.0";
  const _arrived = "2026-11-20T10:00:00.000Z";
  const row = `${JSON.stringify({ _id, _arrived, _format: "csv", _stream: "in", _key: "a", data: {} })}\n`;
  writeFileSync(path.join(folder, "shardId-000000000000-4960-4960-1-r0123456789abcdef.ndjson.gz"), gzipSync(row));
  const services = {
    s3: { bucketDir: (bucket: string) => path.join(dataDir, bucket) },
    kinesis: { shardLogs: () => [] },
  };
  const cloud = { resources: [], service: (name: keyof typeof services) => services[name] };
  const io = testIo();
  const context = { cloud, io, progress: createProgress(io.stdout, io.clock, true), dataDir };
  const route = { bucket: "lake", stream: "in", functionNames: ["router"], failedBuckets: [], isFlattened: false };
  const rawRows = async (bucket: string, prefix: string) => {
    const [found] = await ledgersOf(context as never, [route], [{ bucket, prefix }]);
    return [found?.ledger.rows.raw, found?.ledger.balanced];
  };
  const prefix = "dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/";
  expect(await rawRows("lake", `raw/sales/${prefix}`)).toEqual([0, true]);
  expect(await rawRows("other", `raw/sales/${prefix}`)).toEqual([1, false]);
  expect(await rawRows("lake", `raw/!{partitionKeyFromLambda:table}/${prefix}`)).toEqual([1, false]);
});
