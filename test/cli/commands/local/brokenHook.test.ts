/** A local run whose hook throws on some rows: the run fails, and prints the hook's line and the error's message. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(__dirname, "../../../..");
const BIN = path.join(ROOT, "bin/streamlake.js");
const work = mkdtempSync(path.join(tmpdir(), "broken-hook-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function streamlake(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...argv], { cwd: work }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

test("a broken hook is a failure of the run, told by its line in the program", async () => {
  writeFileSync(path.join(work, "Pulumi.yaml"), "name: lake\nruntime: nodejs\nmain: program.ts\n");
  writeFileSync(path.join(work, "Pulumi.dev.yaml"), "config:\n  aws:region: us-east-1\n");
  writeFileSync(path.join(work, "rows.ndjson"), '{"name":"ann"}\n{"n":1}\n{"n":2}\n');
  const hooks = `
    interface Named {
      readonly name?: unknown;
    }

    export const transform = (row: Named & Record<string, unknown>) => ({
      ...row,
      up: (row.name as string).toUpperCase(),
    });
  `;
  const program = `
    import { DataLake, FormatRouter, StreamIngest } from ${JSON.stringify(path.join(ROOT, "index"))};
    import { transform } from "./hooks";

    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("router", { stream, lake, batchWindowSeconds: 1, hooks: { transform: transform as never } });
    export const streamName = stream.streamName;
  `;
  writeFileSync(path.join(work, "hooks.ts"), hooks);
  writeFileSync(path.join(work, "program.ts"), program);
  const { code, out, err } = await streamlake("local", "--input", "rows.ndjson");
  const detail = "transform threw TypeError (hooks.ts:6): Cannot read properties of undefined (reading 'toUpperCase')";
  expect(err).toContain(`streamlake local: hook: 2 × ${detail}, as shardId-`);
  expect(out).toContain(`  2 records: ${detail}`);
  expect(code).toBe(1);
}, 120_000);
