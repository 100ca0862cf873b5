/** Results that the console keeps: each stays while it is read, and no longer. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { KeptResults } from "../../../cli/console/keptResults";
import { type Lake, makeLake, NOW } from "../../local/support/athenaLake";

let lake: Lake;
let server: AbortController;
let results: KeptResults;
beforeEach(() => {
  lake = makeLake();
  server = new AbortController();
  results = new KeptResults(lake.dataDir, server.signal);
});
afterEach(() => rmSync(lake.dataDir, { recursive: true }));

const numbers = (count: number) => `SELECT n FROM UNNEST(sequence(1, ${count})) AS t (n) ORDER BY n`;
const ask = (id: string, sql: string, from = 0) =>
  results.page(id, { sql, nowMillis: NOW, signal: server.signal }, { from, count: 1 });
const kept = () => {
  const scratch = join(lake.dataDir, "tmp");
  return existsSync(scratch) ? readdirSync(scratch).filter((name) => name.startsWith("kept-")) : [];
};

test("five results that are asked for at once are all answered, and the last three are kept", async () => {
  const answers = await Promise.all(["a", "b", "c", "d", "e"].map((id, index) => ask(id, numbers(5001 + index), 5000)));
  expect(answers).toEqual([5001, 5002, 5003, 5004, 5005].map((total) => ({ rows: [["5001"]], total })));
  expect(kept()).toHaveLength(3);
  await expect(results.file("a", "csv")).rejects.toThrow(
    "console: the result is not kept any more; run the query again",
  );
});

test("a file is whole although its result is dropped meanwhile", async () => {
  await ask("a", numbers(25_000));
  const file = await results.file("a", "csv");
  for (const id of ["b", "c", "d"]) await ask(id, numbers(10));
  expect(kept()).toHaveLength(4);
  const lines = (await text(file)).trimEnd().split("\r\n");
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([25_001, "n", "25000"]);
  expect(kept()).toHaveLength(3);
});

test("a file that nobody reads holds its result no longer than its connection", async () => {
  await ask("a", numbers(25_000));
  const file = await results.file("a", "json");
  file.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  server.abort(new Error("the server ends"));
  expect(kept()).toEqual([]);
});

test("a query that fails is not kept, and may be asked for again", async () => {
  await expect(ask("a", "SELECT nothing FROM absent")).rejects.toThrow("TABLE_NOT_FOUND");
  expect(kept()).toEqual([]);
  expect(await ask("a", numbers(3))).toEqual({ rows: [["1"]], total: 3 });
});

test("results of a console that was killed are removed, and those of a living one stay", async () => {
  const { pid: killed } = spawnSync(process.execPath, ["--version"]);
  const [left, other] = [`kept-${killed}-abcdef`, `kept-${process.pid}-abcdef`];
  for (const name of [left, other]) {
    mkdirSync(join(lake.dataDir, "tmp", name), { recursive: true });
    writeFileSync(join(lake.dataDir, "tmp", name, "result.duckdb"), "rows");
  }
  await ask("a", numbers(3));
  expect(kept()).not.toContain(left);
  expect(kept()).toContain(other);
  expect(kept()).toHaveLength(2);
});
