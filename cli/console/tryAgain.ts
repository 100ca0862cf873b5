/** Sends the unformatted records of a run through today's router again: `streamlake replay` in a process of its own. */
import { execFile } from "node:child_process";
import path from "node:path";
import type { ReplayAnswer } from "../../console/wire";
import { REASONS } from "../../lake/reasons";
import { CommandError } from "../errors";
import { packageDirectory } from "../project/packageDirectory";

/** The command that replays the records of a run. */
export interface ReplayCommand {
  /** The options that choose the run. */
  readonly argv: readonly string[];
  /** The directory of the program. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The page has a button for it. */
const COMMAND_HINT = /; use --apply to write$/;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * A program cannot be loaded into a process that has answered SQL (see `checkDuckDb`), and a new process loads the hooks as they are
 * now.
 *
 * @param asked the body of the request: `{ reasons: ["hook"], apply: true }`; a dry run unless `apply` is true
 * @throws CommandError with the command's own error
 */
export function tryAgain(
  { argv, cwd, env }: ReplayCommand,
  asked: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<ReplayAnswer> {
  const { reasons = [], apply = false } = asked;
  if (typeof apply !== "boolean") throw new CommandError("console: apply is true or false");
  if (!Array.isArray(reasons)) throw new CommandError("console: reasons is a list");
  const unknown = reasons.find((reason) => !REASONS.some((known) => known === reason));
  if (unknown !== undefined) {
    throw new CommandError(`console: ${JSON.stringify(unknown)} is no reason; the reasons are ${REASONS.join(", ")}`);
  }
  const command = path.join(packageDirectory(), "bin", "streamlake.js");
  const chosen = reasons.length > 0 ? ["--reason", reasons.join(",")] : [];
  const all = [command, "replay", "--source", "unformatted", ...argv, ...chosen, ...(apply ? ["--apply"] : [])];
  const options = { cwd, env: { ...env, NO_COLOR: "1" }, signal, maxBuffer: MAX_OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, all, options, (error, out, problem) => {
      if (!error) resolve({ text: out.trimEnd().replace(COMMAND_HINT, ""), isDryRun: !apply });
      else if (signal.aborted) reject(signal.reason);
      else reject(new CommandError(problem.trim() || error.message, { cause: error }));
    });
  });
}
