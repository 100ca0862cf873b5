/** Runs the main file of the program; its exports are the stack outputs, as in the Node.js host of Pulumi. */
import { CommandError } from "../errors";

/** @param main the program's file or folder, absolute */
export async function loadProgram(main: string): Promise<unknown> {
  try {
    require.resolve(main);
  } catch (error) {
    throw new CommandError(`the program ${main} does not exist; Pulumi.yaml names it as main`, { cause: error });
  }
  const exported: unknown = require(main);
  return typeof exported === "function" ? await exported() : exported;
}
