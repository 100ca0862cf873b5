/** Local runs of programs whose code is wrong: they fail, and print the line of the program and the message. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const work = mkdtempSync(path.join(tmpdir(), "broken-hook-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function streamlake(argv: string[], cwd = work): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...argv], { cwd }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const HOOKS = `import { required } from "./names";

interface Named {
  readonly name?: unknown;
}

export const transform = (row: Named & Record<string, unknown>) => {
  const name = required(row.name);
  return {
    ...row,
    up: (name as { first: string })
      .first
      .toUpperCase(),
  };
};
`;

const NAMES = `interface Removed {
  readonly by: "the compiler";
}

export function required(name: unknown): unknown {
  if (name !== undefined) return name;
  throw new RangeError("the row has no name");
}
`;

test("a broken hook is a failure of the run, with the lines of the program that threw", async () => {
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.ts\n");
  writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  writeFileSync(path.join(work, "rows.ndjson"), '{"name":{"first":"ann"}}\n{"n":1}\n{"n":2}\n{"name":3}\n');
  const program = `
    import { DataLake, FormatRouter, StreamIngest } from ${JSON.stringify(path.join(ROOT, "index"))};
    import { transform } from "./hooks";

    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("router", { stream, lake, batchWindowSeconds: 1, hooks: { transform: transform as never } });
    export const streamName = stream.streamName;
  `;
  writeFileSync(path.join(work, "hooks.ts"), HOOKS);
  writeFileSync(path.join(work, "names.ts"), NAMES);
  writeFileSync(path.join(work, "program.ts"), program);
  const { code, out, err } = await streamlake(["local", "--input", "rows.ndjson"]);
  const missing = "transform threw RangeError (names.ts:7, called from hooks.ts:8): the row has no name";
  const wrong = "transform threw TypeError (hooks.ts:13): Cannot read properties of undefined (reading 'toUpperCase')";
  expect(err).toContain(`streamlake local: hook: 2 × ${missing}, as shardId-`);
  expect(err).toContain(`streamlake local: hook: 1 × ${wrong}, as shardId-`);
  expect(out).toContain(
    `  2 records: ${missing}\n      at names.ts:7: throw new RangeError("the row has no name");\n      at hooks.ts:8: const name = required(row.name);\n`,
  );
  expect(out).toContain(`  1 record: ${wrong}\n      at hooks.ts:13: .toUpperCase(),\n`);
  expect(code).toBe(1);
}, 120_000);

test("a program that does not compile is one line, with its place", async () => {
  const dir = path.join(work, "broken");
  mkdirSync(dir);
  writeFileSync(path.join(dir, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.ts\n");
  writeFileSync(path.join(dir, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  writeFileSync(path.join(dir, "program.ts"), 'import "./hooks";\n');
  writeFileSync(
    path.join(dir, "hooks.ts"),
    "interface A {\n  b: string;\n}\nexport const transform = (row: A => row;\n",
  );
  expect(await streamlake(["local"], dir)).toEqual({
    code: 1,
    out: "",
    err: 'streamlake local: the program does not compile: hooks.ts:4: Expected ")" but found "=>"\n',
  });
});

test.each([
  {
    problem: "an argument that is refused",
    statement: 'new StreamIngest("in", { retentionHours: 1 });',
    line: 'program.ts:4: StreamIngest "in": retentionHours is 1; use a whole number from 24 to 8760 hours.',
  },
  { problem: "an error that is thrown", statement: "fail({ code: 4 });", line: "fail.ts:5: cannot 4" },
  {
    problem: "an error inside an output",
    statement: 'new StreamIngest("in").streamName.apply(() => fail({ code: 5 }));',
    line: "fail.ts:5: cannot 5",
  },
])("$problem has the line of the source", async ({ statement, line }) => {
  const dir = mkdtempSync(path.join(work, "place-"));
  writeFileSync(path.join(dir, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.ts\n");
  writeFileSync(path.join(dir, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  const library = JSON.stringify(path.join(ROOT, "index"));
  writeFileSync(
    path.join(dir, "program.ts"),
    `import { StreamIngest } from ${library};\nimport { fail } from "./fail";\nvoid [StreamIngest, fail];\n${statement}\n`,
  );
  writeFileSync(
    path.join(dir, "fail.ts"),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the program's source
    "interface Code {\n  readonly code: number;\n}\nexport function fail({ code }: Code): never {\n  throw new TypeError(`cannot ${code}`);\n}\n",
  );
  expect(await streamlake(["local"], dir)).toEqual({ code: 1, out: "", err: `streamlake: ${line}\n` });
});

test("a folder without an index file is no program", async () => {
  const dir = path.join(work, "folder");
  mkdirSync(path.join(dir, "stack"), { recursive: true });
  writeFileSync(path.join(dir, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: stack\n");
  writeFileSync(path.join(dir, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  const { code, err } = await streamlake(["local"], dir);
  expect(code).toBe(1);
  expect(err).toMatch(
    /^streamlake local: the program \S+\/stack has no index\.ts or index\.js; Pulumi\.yaml names it as main\n$/,
  );
});
