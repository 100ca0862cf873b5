import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ItemLog } from "../../local/services/dynamodb/itemLog";
import { itemOf, tableFile, tablesOf } from "../../local/tableFiles";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "tables-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("a run without tables has none", () => {
  expect(tablesOf(dataDir)).toEqual([]);
});

test("a line that a process which was killed wrote in part is left out", () => {
  const key = { _key: { S: "ann" } };
  new ItemLog(dataDir, "customers", ["_key"]).add(key, { ...key, n: { N: "1" } });
  appendFileSync(tableFile(dataDir, "customers"), '{"key":{"_key":{"S":"ann"}},"item":{"n":{"N":"2');
  const [table] = tablesOf(dataDir);
  expect(table).toEqual({ name: "customers", keys: ["_key"] });
  expect(itemOf(dataDir, table as never, "ann")).toEqual({ ...key, n: { N: "1" } });
});
