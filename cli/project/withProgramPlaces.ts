/** Runs a program so that its errors have their place in its source: `index.ts:7: StreamIngest "orders": …`. */
import { findSourceMap } from "node:module";
import { types } from "node:util";
import { stackFrames } from "../../local/testing/stackFrames";
import { CommandError } from "../errors";
import { isOfProgram } from "./isOfProgram";
import { problemLine } from "./problemLine";

/** @throws CommandError in place of an error with a frame in the program's files; any other error as it is */
export async function withProgramPlaces<T>(directory: string, run: () => Promise<T>): Promise<T> {
  const { prepareStackTrace } = Error;
  // Keeps the source maps of the modules that are loaded from now on.
  process.setSourceMapsEnabled(true);
  Error.prepareStackTrace = sourceStack;
  try {
    return await run();
  } catch (error) {
    if (error instanceof CommandError || !types.isNativeError(error)) throw error;
    if (!stackFrames(error).some(({ file }) => isOfProgram(file))) throw error;
    throw new CommandError(`streamlake: ${problemLine(error, directory, isOfProgram)}`, { cause: error });
  } finally {
    process.setSourceMapsEnabled(false);
    if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
    else Reflect.deleteProperty(Error, "prepareStackTrace");
  }
}

/**
 * Maps only the frames of the program: Pulumi reads a stack for each output, and with every frame mapped, the evaluation
 * of a program would take half as long again.
 */
function sourceStack(error: Error, frames: readonly NodeJS.CallSite[]): string {
  return [String(error), ...frames.map((frame) => `    at ${placeOf(frame)}`)].join("\n");
}

function placeOf(frame: NodeJS.CallSite): string {
  const file = frame.getFileName();
  const map = file && isOfProgram(file) ? findSourceMap(file) : undefined;
  const entry = map?.findEntry((frame.getLineNumber() ?? 1) - 1, (frame.getColumnNumber() ?? 1) - 1);
  if (!entry || !("originalLine" in entry)) return String(frame);
  const place = `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  const name = frame.getFunctionName();
  return name === null ? place : `${name} (${place})`;
}
