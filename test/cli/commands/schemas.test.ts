/** `streamlake schemas`: what it says of a program's schemas, and what it writes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { testIo } from "../support/testIo";

const LIBRARY = path.resolve(__dirname, "../../../index.ts");
let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "schemas-"));
  writeFileSync(path.join(cwd, "Pulumi.yaml"), "name: shop\nruntime: nodejs\nmain: program.js\n");
  writeFileSync(path.join(cwd, "Pulumi.dev.yaml"), "config: {}\n");
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** The program is a function, so that each run of the command evaluates it anew. */
function program(fields: object): void {
  writeFileSync(path.join(cwd, "fields.json"), JSON.stringify(fields));
  writeFileSync(
    path.join(cwd, "program.js"),
    `const { readFileSync } = require("node:fs");
     const { DataLake, defineSchema } = require(${JSON.stringify(LIBRARY)});
     module.exports = () => {
       const fields = JSON.parse(readFileSync(__dirname + "/fields.json", "utf8"));
       const schema = defineSchema({ name: "orders", fields });
       new DataLake("lake", { tables: { records: {}, orders: { schema } } });
     };`,
  );
}

async function schemas(...argv: string[]) {
  const io = testIo({ cwd });
  const code = await dispatch(["schemas", ...argv], io);
  return { code, out: String(io.out()), err: io.err() };
}

const recorded = () => JSON.parse(readFileSync(path.join(cwd, "streamlake.schemas.json"), "utf8"));

test("schemas are recorded, then nothing has changed", async () => {
  program({ id: "string", total: "double" });
  expect(await schemas("accept")).toEqual({
    code: 0,
    out: "lake/orders\n  changes  the table is new\nrecorded 1 table in streamlake.schemas.json; commit it\n",
    err: "",
  });
  expect(recorded()["lake/orders"].columns).toEqual([
    { name: "id", type: "string", path: "/id", required: true },
    { name: "total", type: "double", path: "/total", required: true },
  ]);
  expect(await schemas("check")).toEqual({ code: 0, out: "nothing has changed\n", err: "" });
});

test("what breaks is told, and recorded only on purpose", async () => {
  program({ id: "string", total: "double" });
  await schemas("accept");
  program({ id: "string", "note?": "string" });
  const out = 'lake/orders\n  breaks   column "total" is removed\n  changes  column "note" is new\n';
  expect(await schemas("check")).toEqual({ code: 1, out, err: "" });
  expect(await schemas("accept")).toMatchObject({
    code: 1,
    out,
    err: expect.stringContaining("streamlake schemas: 1 change would break readers. Keep old columns"),
  });
  expect(recorded()["lake/orders"].columns).toHaveLength(2);
  expect((await schemas("accept", "--breaking")).code).toBe(0);
  expect(recorded()["lake/orders"].columns.map(({ name }: { name: string }) => name)).toEqual(["id", "note"]);
});

test.each([
  [["forget"], 2, 'streamlake schemas: "forget" is neither check nor accept; see --help\n'],
  [[], 2, "streamlake schemas: check|accept is missing; see --help\n"],
  [["check", "--stack", "prod"], 2, "streamlake: there is no Pulumi.prod.yaml; --stack is one of dev\n"],
])("%j is one clear line", async (argv, code, err) => {
  program({ id: "string" });
  expect(await schemas(...argv)).toEqual({ code, out: "", err });
});
