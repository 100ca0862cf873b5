/** Reads the outputs of a deployed stack: its stream, lake, workgroup and state machine. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { CommandError } from "../errors";

export interface StackOutputs {
  readonly streamName: string;
  readonly bucketName: string;
  readonly databaseName: string;
  readonly workgroupName: string;
  readonly stateMachineArn: string;
}

const NAMES = ["streamName", "bucketName", "databaseName", "workgroupName", "stateMachineArn"] as const;

/** Runs `pulumi stack output --json` in a directory. */
export function outputsOfStack(stack: string, cwd: string): Promise<StackOutputs> {
  const argv = ["stack", "output", "--json", "--stack", stack];
  return new Promise((resolve, reject) => {
    execFile("pulumi", argv, { cwd }, (error, stdout, stderr) => {
      const command = `pulumi ${argv.join(" ")}`;
      if (error) {
        const reason = stderr.trim().split("\n").at(-1) || error.message;
        reject(new CommandError(`streamlake smoke: ${command} failed: ${reason}`, { cause: error }));
      } else {
        try {
          resolve(readOutputs(stdout, command));
        } catch (problem) {
          reject(problem);
        }
      }
    });
  });
}

export function outputsOfFile(file: string): StackOutputs {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`streamlake smoke: --outputs: ${(error as Error).message}`, { cause: error });
  }
  return readOutputs(text, file);
}

function readOutputs(text: string, source: string): StackOutputs {
  let outputs: unknown;
  try {
    outputs = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`streamlake smoke: ${source}: expected JSON`, { cause: error });
  }
  const values = (typeof outputs === "object" && outputs !== null ? outputs : {}) as Record<string, unknown>;
  const missing = NAMES.filter((name) => typeof values[name] !== "string" || values[name] === "");
  if (missing.length > 0) {
    throw new CommandError(
      `streamlake smoke: ${source} has no output ${missing.join(", ")}; export it from the program`,
    );
  }
  return Object.fromEntries(NAMES.map((name) => [name, values[name]])) as unknown as StackOutputs;
}
