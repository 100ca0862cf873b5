import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { startRun } from "../../../cli/project/runs/startRun";
import { ItemLog } from "../../../local/services/dynamodb/itemLog";
import { testIo } from "../support/testIo";

let cwd: string;
let run: string;

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "view-"));
  run = startRun(path.join(cwd, ".streamlake"), {
    project: "lake",
    stack: "dev",
    seed: 7,
    startedAt: "2026-11-20T10:00:00.000Z",
    outcome: { records: 3, balanced: true },
  });
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const KEYS = ["_key"];

function put(table: ItemLog, key: string, orders: string | undefined): void {
  const _key = { S: key };
  const own = { _last: { S: "shardId-000000000001/5" }, _shards: { M: {} } };
  table.add({ _key }, orders === undefined ? undefined : { orders: { N: orders }, _key, ...own });
}

async function view(...argv: string[]) {
  const io = testIo({ cwd });
  const code = await dispatch(["view", ...argv], io);
  return { code, out: String(io.out()), err: io.err() };
}

test("the newest item of a key is one line of JSON, exact to the last digit", async () => {
  const table = new ItemLog(run, "customers", KEYS);
  put(table, "ann", "1");
  put(table, "bob", "5");
  put(table, "ann", "9007199254740993");
  expect(await view("ann")).toEqual({ code: 0, out: '{"orders":9007199254740993,"_key":"ann"}\n', err: "" });
  expect((await view("bob", "--all")).out).toBe(
    '{"orders":5,"_key":"bob","_last":"shardId-000000000001/5","_shards":{}}\n',
  );
});

test("a key without an item, never written or deleted, is a failure", async () => {
  const table = new ItemLog(run, "customers", KEYS);
  put(table, "ann", "1");
  put(table, "ann", undefined);
  for (const key of ["ann", "an", '"']) {
    expect(await view(key)).toEqual({
      code: 1,
      out: "",
      err: "streamlake view: the table customers has no item with this key\n",
    });
  }
});

test("of several tables one is chosen; tables of others are none", async () => {
  put(new ItemLog(run, "customers", KEYS), "ann", "1");
  put(new ItemLog(run, "products", KEYS), "ann", "2");
  new ItemLog(run, "sessions", ["id"]).add({ id: { S: "ann" } }, { id: { S: "ann" } });
  expect((await view("ann")).err).toBe("streamlake view: the run has customers, products; choose one with --table\n");
  expect((await view("ann", "--table", "products")).out).toBe('{"orders":2,"_key":"ann"}\n');
  expect((await view("ann", "--table", "sessions")).err).toBe(
    'streamlake view: the run has no serving table "sessions"; it has customers, products\n',
  );
});

test("a run without tables has none", async () => {
  expect(await view("ann")).toEqual({ code: 1, out: "", err: "streamlake view: the run has no serving table\n" });
});
