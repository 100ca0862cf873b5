/** The tables of a delivery stream are told from those of another one whose name begins with its name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deliveredFolders, deliveredTables } from "../../../../local/ledger/sinks/deliveredTables";

const lakeDir = mkdtempSync(path.join(tmpdir(), "delivered-tables-"));
afterAll(() => rmSync(lakeDir, { recursive: true, force: true }));

test("each object is its own delivery stream's", () => {
  for (const [folder, writer, ending] of [
    ["raw/orders", "orders", ".delivered.ndjson.gz"],
    ["raw/eu", "orders-eu", ".delivered.ndjson.gz"],
    ["raw/first", "orders-1", ".delivered.ndjson.gz"],
    ["parquet-output/late_delivered_files", "orders-eu", ".parquet"],
  ]) {
    const inHour = path.join(lakeDir, String(folder), "dt=2026-11-22", "hour=10");
    mkdirSync(inHour, { recursive: true });
    const name = `${writer}-1-2026-11-22-10-05-00-0f8fad5b-d9cb-469f-a165-70867728950e${ending}`;
    writeFileSync(path.join(inHour, name), "");
  }
  const tables = (prefix: string, deliveryStream: string) => [
    ...deliveredTables(path.join(lakeDir, prefix), deliveryStream),
  ];
  expect(tables("raw", "orders")).toEqual(["orders"]);
  expect(tables("raw", "orders-eu")).toEqual(["eu"]);
  expect(tables("parquet-output", "orders-eu")).toEqual(["late_delivered_files"]);
  expect(tables("raw", "orders-1")).toEqual(["first"]);
  expect(tables("", "orders")).toEqual([]);
  expect([...deliveredFolders(lakeDir)].sort()).toEqual([
    "parquet-output/late_delivered_files/",
    "raw/eu/",
    "raw/first/",
    "raw/orders/",
  ]);
});
