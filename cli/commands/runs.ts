/** `streamlake runs`: lists the local runs whose files are kept. */
import { type Dirent, lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { defineCommand } from "../command";
import { flag, stackName, text } from "../optionKinds";
import { ledgerState } from "../project/runs/ledgerState";
import { listRuns, type Run } from "../project/runs/listRuns";
import { tableOn, textTable } from "../terminal/textTable";
import { byteCount, counted, counting } from "../terminal/wording";

export const runs = defineCommand({
  name: "runs",
  summary: "Lists the local runs whose files are kept, the last one first.",
  options: {
    stack: stackName("only the runs of this stack"),
    dir: text("DIR", "the directory with the files of local runs", ".streamlake"),
    json: flag("prints the runs as JSON, with bytes and directories"),
  },
  hasColors: true,
  notes: [
    "streamlake local keeps the last 5 runs of a stack; --keep, or streamlake:keepRuns in Pulumi.<stack>.yaml, changes that.",
    "States: running; served; ended; stopped or failed, before its results; killed, without cleaning up.",
    "Ledger: balanced; broken; outdated, if a served run got records after its ledger was read, which records leaves out.",
    "",
    "  streamlake query --run 20261121-191829 'SELECT count(*) FROM records'",
  ],
  run: async ({ stack, dir, json }, io) => {
    const baseDir = path.resolve(io.cwd, dir);
    const found = listRuns(baseDir, stack).map((run) => ({ run, bytes: bytesBelow(run.directory) }));
    if (json) {
      io.stdout.write(`${JSON.stringify({ runs: found.map(({ run, bytes }) => jsonOf(run, bytes)) })}\n`);
      return 0;
    }
    if (found.length === 0) {
      const of = stack === undefined ? "" : ` of the stack "${stack}"`;
      io.stdout.write(`there is no run${of} in ${baseDir}; start one with: streamlake local\n`);
      return 0;
    }
    const rows = found.map(({ run, bytes }) => [
      run.id,
      run.stack,
      run.marker.startedAt.slice(0, 19).replace("T", " "),
      run.marker.outcome ? counted(run.marker.outcome.records) : "",
      ledgerState(run) ?? "",
      run.state,
      byteCount(bytes),
    ]);
    const lines = textTable(
      ["run id", "stack", "started (UTC)", "records", "ledger", "state", "size"],
      rows,
      tableOn(io),
    );
    const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
    io.stdout.write(`${lines.join("\n")}\n${counting(found.length, "run")}, ${byteCount(total)}\n`);
    return 0;
  },
});

function jsonOf(run: Run, bytes: number) {
  const { id, stack, directory, marker, state } = run;
  const { startedAt, outcome } = marker;
  return {
    id,
    stack,
    startedAt,
    state,
    records: outcome?.records ?? null,
    ledger: ledgerState(run) ?? null,
    bytes,
    directory,
  };
}

/** The bytes of the files. What another process deletes meanwhile counts nothing. */
function bytesBelow(directory: string): number {
  const sizes = entriesOf(directory).map((entry) => {
    const below = path.join(directory, entry.name);
    return entry.isDirectory() ? bytesBelow(below) : (lstatSync(below, { throwIfNoEntry: false })?.size ?? 0);
  });
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
