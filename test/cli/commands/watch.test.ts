/** `streamlake watch` on the run of a program: saves of its hooks, a program that does not compile, an endless hook, Ctrl-C. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { changeMarker } from "../../../cli/project/runs/marker";
import { beginRun, startRun } from "../../../cli/project/runs/startRun";
import { testIo } from "../support/testIo";

const ROOT = path.join(__dirname, "../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");

let work: string;
beforeEach(() => {
  work = mkdtempSync(path.join(tmpdir(), "watch-command-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(work, name), text);

function project(): void {
  write("Pulumi.yaml", "name: shop\nruntime: nodejs\nmain: program.ts\n");
  write("Pulumi.dev.yaml", "config:\n  aws:region: us-east-1\n");
}

describe("on a run", () => {
  let watching: ChildProcess | undefined;
  let out = "";
  afterEach(() => watching?.kill("SIGKILL"));

  function start(...argv: string[]): void {
    out = "";
    watching = spawn(process.execPath, [BIN, "watch", ...argv], { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [watching.stdout, watching.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
    }
  }

  /** Waits for a text, and returns what was printed since the last one, without times and sequence numbers. */
  async function printedUpTo(end: string): Promise<string> {
    while (!out.includes(end)) await once(watching?.stdout as NodeJS.ReadableStream, "data");
    const at = out.indexOf(end) + end.length;
    const text = out.slice(0, at);
    out = out.slice(at);
    return text
      .replaceAll(/^\d\d:\d\d:\d\d {2}/gm, "")
      .replaceAll(/in \d+\.\d s/g, "in T s")
      .replaceAll(/shardId-\d{12}\/\d{56}/g, "S");
  }

  const hooks = (body: string) => `interface Removed {\n  by: "the compiler";\n}\n${body}\n`;

  test("each save of a local file shows what differs, until Ctrl-C", async () => {
    project();
    const rows = [1, 2, 3].map((id) => JSON.stringify({ id, note: "x".repeat(3000) }));
    // One record each: CSV and NDJSON would be joined.
    for (const [at, row] of rows.entries()) write(`row${at}.json`, row);
    write(
      "program.ts",
      `import { DataLake, FormatRouter, StreamIngest } from ${JSON.stringify(path.join(ROOT, "index"))};
      import { transform } from "./hooks";
      const stream = new StreamIngest("in");
      const lake = new DataLake("lake");
      new FormatRouter("router", { stream, lake, batchWindowSeconds: 1, hooks: { transform: transform as never } });
      export const streamName = stream.streamName;`,
    );
    write("hooks.ts", hooks("export const transform = (row: any) => ({ id: row.id });"));
    // Without an hourly step the tables are empty, which the run reports; its records are kept.
    await new Promise<void>((resolve) => {
      const argv = [BIN, "local", "--input", "row0.json", "row1.json", "row2.json"];
      execFile(process.execPath, argv, { cwd: work }, () => resolve());
    });

    start("--rows", "1");
    const first = await printedUpTo("unformatted\n");
    expect(first).toMatch(/^Run \d{8}-\d{6} of the stack dev: 3 records\. Times are UTC; Ctrl-C ends\.\n\n/);
    expect(first).toMatch(/\n\n3 records routed in T s: 3 rows \(records 3\), 0 unformatted\n$/);

    // A save that replaces the file; the output of the program is passed on.
    write("hooks.new", hooks("console.log('loaded');\nexport const transform = (row: any) => ({ id: -row.id });"));
    renameSync(path.join(work, "hooks.new"), path.join(work, "hooks.ts"));
    expect(await printedUpTo("/0.0\n")).toMatch(
      /^loaded\nhooks\.ts: 3 records routed in T s: 3 rows \(records 3\), 0 unformatted\n {2}records: 3 rows changed\n.*\n.*\n {4}changed {2}id +\d +-\d {2}S\/0\.0\n$/,
    );

    write("hooks.ts", hooks("export const transform = (row: any) => = row;"));
    expect(await printedUpTo("\n")).toBe('the program does not compile: hooks.ts:4: Unexpected "="\n');

    write("names.ts", "export const first = (row: any) => row.name.first;");
    write(
      "hooks.ts",
      hooks("import { first } from './names';\nexport const transform = (row: any) => ({ first: first(row) });"),
    );
    const failure = await printedUpTo("({ first: first(row) });\n");
    expect(failure).toContain(
      "hooks.ts: 3 records routed in T s: 0 rows, 3 unformatted (hook 3)\n  records: 3 rows removed\n",
    );
    const detail =
      "transform threw TypeError (names.ts:1, called from hooks.ts:5): Cannot read properties of undefined (reading 'first')";
    expect(failure).toContain(`  reasons:\n    3 × lands → hook: ${detail}\n      for example S/0\n`);
    expect(failure).toContain(
      `  hook FAILED on 3 records: ${detail}\n    at names.ts:1: export const first = (row: any) => row.name.first;\n    at hooks.ts:5: export const transform = (row: any) => ({ first: first(row) });\n`,
    );

    // The new file is watched too; its hook does not end, and neither does the process that runs it, by itself.
    write("names.ts", "export const first = () => { console.log('endless'); for (;;) {} };");
    await printedUpTo("endless\n");
    write("names.ts", "export const first = (row: any) => row.id;");
    expect(await printedUpTo("0 unformatted\n")).toMatch(
      /names\.ts: 3 records routed in T s: 3 rows \(records 3\), 0 unformatted\n$/,
    );

    await interrupted();
  }, 240_000);

  async function interrupted(): Promise<void> {
    watching?.kill("SIGINT");
    expect(await once(watching as ChildProcess, "close")).toEqual([130, null]);
  }

  test("a program of ES modules is loaded again in a new process; configuration counts; a large run is sampled", async () => {
    project();
    write("Pulumi.yaml", "name: shop\nruntime: nodejs\nmain: program.mjs\n");
    write(
      "program.mjs",
      `import { createRequire } from "node:module";
      import { name } from "./name.mjs";
      const { DataLake, FormatRouter, StreamIngest } = createRequire(import.meta.url)(${JSON.stringify(path.join(ROOT, "index"))});
      new FormatRouter("router", { stream: new StreamIngest(name), lake: new DataLake("lake") });`,
    );
    write("name.mjs", 'export const name = "one";');
    log(run(), "other-stream", ["{}", "{}", "{}", "{}"]);
    start("--records", "2");
    expect(await printedUpTo("Ctrl-C ends.\n")).toBe(
      "Run 20261120-100405 of the stack dev: a sample of 2 of its 4 records (--records changes the number). Times are UTC; Ctrl-C ends.\n",
    );
    const unread = (name: string) =>
      new RegExp(
        `0 records routed in T s: 0 rows, 0 unformatted\n {2}the run has no records of the stream ${name}-stream-[0-9a-f]{7}, which "router" reads\n`,
      );
    expect(await printedUpTo('"router" reads\n')).toMatch(unread("one"));
    write("name.mjs", 'export const name = "two";');
    const second = await printedUpTo("no row and no reason differs\n");
    expect(second).toMatch(/^name\.mjs: 0 records/m);
    expect(second).toMatch(unread("two"));
    write("Pulumi.dev.yaml", "config: [\n");
    expect(await printedUpTo("\n")).toMatch(new RegExp(`^${work}/Pulumi\\.dev\\.yaml: .+\n$`));
    write("Pulumi.dev.yaml", "config:\n  aws:region: eu-west-1\n");
    expect(await printedUpTo("differs\n")).toMatch(/^Pulumi\.dev\.yaml: 0 records routed/);
    await interrupted();
  }, 240_000);
});

/** A kept run of the stack dev, without records. */
function run(): string {
  const marker = { project: "shop", stack: "dev", seed: 7, startedAt: "2026-11-20T10:04:05.678Z", pid: process.pid };
  const directory = startRun(path.join(work, ".streamlake"), marker);
  beginRun(directory, 5);
  changeMarker(directory, { outcome: { records: 0, balanced: true }, pid: undefined });
  return directory;
}

function log(directory: string, stream: string, records: readonly string[]): void {
  const shards = path.join(directory, "kinesis", stream);
  mkdirSync(shards, { recursive: true });
  const lines = records.map((text, at) => ({
    SequenceNumber: `4968${String(at).padStart(52, "0")}`,
    ApproximateArrivalTimestamp: 1795341862.885,
    PartitionKey: "k",
    Data: Buffer.from(text).toString("base64"),
  }));
  const whole = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(path.join(shards, "shardId-000000000000.ndjson"), whole);
}

describe("refused, in one line, is", () => {
  async function watch(...argv: string[]) {
    const io = testIo({ cwd: work });
    return { code: await dispatch(["watch", ...argv], io), out: io.out().toString(), err: io.err() };
  }

  const refused = (err: string, code = 1) => ({ code, out: "", err: `${err}\n` });

  test("a directory without runs", async () => {
    project();
    const base = path.join(work, ".streamlake");
    expect(await watch()).toEqual(
      refused(`streamlake watch: there is no run in ${base}; start one with: streamlake local`),
    );
    expect(await watch("--stack", "prod")).toEqual(
      refused(`streamlake watch: there is no run of the stack "prod" in ${base}; start one with: streamlake local`),
    );
  });

  test("a run without records", async () => {
    project();
    run();
    const none =
      "streamlake watch: the run 20261120-100405 has no records; run the program with records: streamlake local";
    expect(await watch()).toEqual(refused(none));
    log(run(), "in-stream", []);
    expect(await watch("--run", "20261120-100405-2")).toEqual(refused(none.replace("100405", "100405-2")));
  });

  test("a directory without project", async () => {
    run();
    expect(await watch()).toEqual(
      refused(`streamlake watch: there is no Pulumi.yaml in ${work}; run streamlake in the directory of Pulumi.yaml`),
    );
  });

  test.each([
    [["--records", "0"], 'streamlake watch: --records must be a whole number from 1 to 1000000, not "0"'],
    [["--rows", "many"], 'streamlake watch: --rows must be a whole number from 0 to 1000, not "many"'],
    [["hooks.ts"], 'streamlake watch: unexpected argument "hooks.ts"; see --help'],
  ])("%j", async (argv, message) => {
    expect(await watch(...argv)).toEqual(refused(message, 2));
  });
});
