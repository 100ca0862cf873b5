/** Runs the main file of the program; its exports are the stack outputs, as in the Node.js host of Pulumi. */
import { statSync } from "node:fs";
import path from "node:path";
import { types } from "node:util";
import { CommandError } from "../errors";
import { syntaxProblem } from "./problemLine";

/** @param main the program's file or folder, absolute */
export async function loadProgram(main: string): Promise<unknown> {
  try {
    require.resolve(main);
  } catch (error) {
    const isFolder = statSync(main, { throwIfNoEntry: false })?.isDirectory();
    const lack = isFolder ? "has no index.ts or index.js" : "does not exist";
    throw new CommandError(`the program ${main} ${lack}; Pulumi.yaml names it as main`, { cause: error });
  }
  const exported = load(main);
  return typeof exported === "function" ? await exported() : exported;
}

function load(main: string): unknown {
  try {
    return require(main);
  } catch (error) {
    const problem = types.isNativeError(error) ? syntaxProblem(error) : undefined;
    if (!problem) throw error;
    const { file, line, message } = problem;
    throw new CommandError(`the program does not compile: ${path.relative(process.cwd(), file)}:${line}: ${message}`, {
      cause: error,
    });
  }
}
