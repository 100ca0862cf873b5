/** Reads the outputs of a deployed stack, by the Pulumi CLI or from a file. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { CommandError } from "../errors";

/** By name; only outputs that are strings. */
export type StackOutputs = Readonly<Record<string, string>>;

export interface OutputsSource {
  /** The command, for errors: `"smoke"`. */
  readonly command: string;
  /** The outputs that the command cannot do without. */
  readonly needed: readonly string[];
}

const UNREADABLE = {
  ENOENT: (file: string) => `there is no file ${file}; make it by: pulumi stack output --json > FILE`,
  EISDIR: (file: string) => `${file} is a directory; it must be what pulumi stack output --json prints`,
  EACCES: (file: string) => `${file} may not be read by this user; change its permissions`,
} as const;

/**
 * Runs `pulumi stack output --json` in a directory.
 *
 * @param stack the selected stack when undefined
 */
export function outputsOfStack(stack: string | undefined, cwd: string, source: OutputsSource): Promise<StackOutputs> {
  const argv = ["stack", "output", "--json", ...(stack === undefined ? [] : ["--stack", stack])];
  return new Promise((resolve, reject) => {
    execFile("pulumi", argv, { cwd }, (error, stdout, stderr) => {
      const command = `pulumi ${argv.join(" ")}`;
      if (error) {
        const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
        const reason = isMissing
          ? "the Pulumi CLI is not on the PATH; install it, or give --outputs FILE with what it prints elsewhere"
          : stderr.trim().split("\n").at(-1) || error.message;
        reject(new CommandError(`streamlake ${source.command}: ${command} failed: ${reason}`, { cause: error }));
      } else {
        try {
          resolve(readOutputs(stdout, command, source));
        } catch (problem) {
          reject(problem);
        }
      }
    });
  });
}

export function outputsOfFile(file: string, source: OutputsSource): StackOutputs {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = Object.hasOwn(UNREADABLE, code ?? "") ? UNREADABLE[code as keyof typeof UNREADABLE](file) : message;
    throw new CommandError(`streamlake ${source.command}: --outputs: ${problem}`, { cause: error });
  }
  return readOutputs(text, file, source);
}

/** The region in the first ARN of the outputs; undefined without an ARN. */
export function regionOfOutputs(outputs: StackOutputs): string | undefined {
  const regions = Object.values(outputs).map((value) => /^arn:[^:]+:[^:]+:([a-z0-9-]+):\d{12}:/.exec(value)?.[1]);
  return regions.find((region) => region !== undefined);
}

function readOutputs(text: string, from: string, { command, needed }: OutputsSource): StackOutputs {
  let outputs: unknown;
  try {
    outputs = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`streamlake ${command}: ${from}: expected JSON`, { cause: error });
  }
  const values = Object.entries(typeof outputs === "object" && outputs !== null ? outputs : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  const found = Object.fromEntries(values);
  const missing = needed.filter((name) => !Object.hasOwn(found, name));
  if (missing.length === 0) return found;
  throw new CommandError(
    `streamlake ${command}: ${from} has no output ${missing.join(", ")}; export it from the program`,
  );
}
