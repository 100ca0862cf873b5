/** `streamlake tail`: prints rows or unformatted records as they land, of a served local run or a deployed stack. */
import path from "node:path";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { choice, duration, integer, text } from "../optionKinds";
import type { Values } from "../options";
import { listRuns, type Run, type RunState, runAt } from "../project/runs/listRuns";
import { type Following, followObjects } from "../tail/followObjects";
import { ndjsonLines, readableLines, TailText } from "../tail/tailLines";
import { onAws } from "../target/awsProblem";
import { type LakePlace, lakeOfStack, lakesOfRun } from "../target/lakePlace";
import type { StoredLanded } from "../target/landedObjects";
import { readTarget, targetOptions } from "../target/target";
import { windowOptions } from "../target/window";
import type { Io } from "../terminal/io";
import { byteCount, counting, createPaint } from "../terminal/wording";

const KINDS = { rows: "raw", unformatted: "unformatted" } as const;
const NEEDS =
  "s3:ListBucket on the lake's bucket and s3:GetObject below raw/ and unformatted/, as DataLake.readAccess() lists them";
const OPEN: readonly RunState[] = ["served", "running"];
const RUN_SECONDS = 1;
const STACK_SECONDS = 5;
const BYTES_PER_MEBIBYTE = 1024 * 1024;
const WIDTH = 80;

export const tail = defineCommand({
  name: "tail",
  summary: "Prints rows, or unformatted records, as they land: of a served local run, or of a deployed stack.",
  argument: "rows|unformatted",
  argumentIsOptional: true,
  options: {
    ...targetOptions,
    table: text("NAME", "only this table; all when absent", undefined),
    since: duration("TIME", "begins with what has landed since then, such as 10m; what lands from now on when absent"),
    every: duration("TIME", `looks this often; ${RUN_SECONDS}s, of a deployed stack ${STACK_SECONDS}s when absent`),
    "max-mebibytes": integer("N", "reads at most this much at each look, and prints on stderr what it leaves out", {
      initial: 64,
      min: 1,
      max: 1_000_000,
    }),
    prefix: windowOptions.prefix,
    output: choice("FORM", "text or ndjson; text on a terminal, ndjson elsewhere when absent", ["text", "ndjson"]),
  },
  hasColors: true,
  notes: [
    "Rows appear when their object lands: after the batch window of the router's mapping, 60 seconds by default. A record that Lambda",
    "delivers again may appear twice. As text, a row is cut to the terminal's width; ndjson has the whole line with its _table first.",
    "",
    "  streamlake tail",
    "  streamlake tail unformatted --since 10m | jq -r .reason",
    "",
    "With --deployed or --outputs, it lists the objects of the current hour and the hour before, of each table, at each look: one",
    "request of S3 for each. It writes nothing. Needs there: s3:ListBucket and s3:GetObject (DataLake.readAccess()).",
    "",
    "  streamlake tail rows --deployed --stack prod --table orders",
    "",
    "It goes on until Ctrl-C, or until the served run ends.",
    "Exit code 0: the run has ended. 1: a request failed. 2: wrong usage. 130: Ctrl-C. 141: the reader of the pipe has ended.",
  ],
  run: async ({ table, since, every, output, prefix, ...options }, io, kind = "rows") => {
    if (!Object.hasOwn(KINDS, kind)) {
      throw new UsageError(`streamlake tail: it prints rows or unformatted, not "${kind}"`);
    }
    const isDeployed = options.deployed || options.outputs !== undefined;
    if (prefix !== undefined && !isDeployed) {
      throw new UsageError("streamlake tail: --prefix needs --deployed or --outputs");
    }
    const area = KINDS[kind as keyof typeof KINDS];
    const common = {
      area,
      table,
      sinceMillis: since === undefined ? undefined : io.clock.now() - since * 1000,
      maxBytes: options["max-mebibytes"] * BYTES_PER_MEBIBYTE,
      leaves: (left: readonly StoredLanded[]) => io.stderr.write(`streamlake tail: ${leftText(left)}\n`),
    };
    const isText = (output ?? (io.stdout.isTTY ? "text" : "ndjson")) === "text";
    const paint = createPaint(io);
    const shown = isText ? new TailText(area, () => io.stdout.columns ?? WIDTH, paint) : { lines: ndjsonLines };
    const follow = async (following: Pick<Following, "places" | "isOpen">, seconds: number) => {
      const everyMillis = (every ?? seconds) * 1000;
      for await (const landed of followObjects({ ...common, ...following, everyMillis }, io.clock, io.signal)) {
        const { readable, problem } = readableLines(landed);
        if (problem !== undefined) io.stderr.write(`streamlake tail: ${problem}\n`);
        for (const line of shown.lines(readable)) io.stdout.write(line);
      }
    };
    const target = await readTarget(
      isDeployed ? options : { ...options, run: openRun(options, io) },
      { command: "tail", needed: ["bucketName"] },
      io,
    );
    if ("run" in target) {
      await follow(placesOfRun(target.run), RUN_SECONDS);
      io.stderr.write(`streamlake tail: the run ${target.run.id} has ended\n`);
      return 0;
    }
    const { deployed: stack } = target;
    const lake = lakeOfStack(stack, prefix ?? "", io);
    try {
      await onAws({ command: "tail", stack, needs: NEEDS }, () =>
        follow({ places: () => [lake], isOpen: () => true }, STACK_SECONDS),
      );
    } finally {
      lake.close();
    }
    return 0;
  },
});

/** The run of `--run`, or the last one that goes on; undefined if none does. */
function openRun({ run, stack, dir }: Pick<Values<typeof targetOptions>, "run" | "stack" | "dir">, io: Io) {
  return run ?? listRuns(path.resolve(io.cwd, dir), stack).find(({ state }) => OPEN.includes(state))?.id;
}

/** @throws CommandError for a run that nothing lands in any more */
function placesOfRun({ id, directory, state }: Run): { places(): LakePlace[]; isOpen(): boolean } {
  const isOpen = () => {
    const now = runAt(directory, id)?.state;
    return now !== undefined && OPEN.includes(now);
  };
  if (!isOpen()) {
    throw new CommandError(
      `streamlake tail: the run ${id} is over (${state}), and nothing lands in it; serve one with: streamlake local --serve. The rows of this one: streamlake query`,
    );
  }
  return { places: () => lakesOfRun({ directory }), isOpen };
}

function leftText(left: readonly StoredLanded[]): string {
  const bytes = byteCount(left.reduce((sum, { size }) => sum + size, 0));
  return `left out ${counting(left.length, "object")} (${bytes}) that landed at once; --max-mebibytes reads more`;
}
