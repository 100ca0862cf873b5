/** Finds the lines of the program's source at which a packaged hook threw. */

/** The source lines of the code in a package. A build appends them to the package, because the code is minified. */
export interface PackageLines {
  /** Relative to the directory of `Pulumi.yaml`. */
  readonly files: readonly string[];
  /**
   * Each run of code begins at a line and column of the package, both counted from 1, and comes from one line of a
   * file. Sorted. Code that is not the program's comes from file -1.
   */
  readonly runs: readonly PackageRun[];
}

export type PackageRun = readonly [line: number, column: number, file: number, sourceLine: number];

/** Includes the place that threw. */
const MAX_PLACES = 4;

/**
 * Returns the places in the program's source that an error passed: first the one that threw, then its callers, as
 * `["names.ts:3", "hooks.ts:17"]`. Empty if the error passed no code of the program.
 *
 * @param stack V8's text: https://v8.dev/docs/stack-trace-api
 * @param packageFile the file that V8 names in the stack
 */
export function placesOfStack(stack: string, packageFile: string, { files, runs }: PackageLines): string[] {
  const places: string[] = [];
  for (const frame of stack.split("\n")) {
    const at = frame.lastIndexOf(`${packageFile}:`);
    const position = at < 0 ? null : /^(\d+):(\d+)/.exec(frame.slice(at + packageFile.length + 1));
    if (!position) continue;
    const [line, column] = [Number(position[1]), Number(position[2])];
    const run = runs.findLast(([runLine, runColumn]) => runLine < line || (runLine === line && runColumn <= column));
    const file = run && files[run[2]];
    const place = file === undefined ? undefined : `${file}:${run?.[3]}`;
    if (place !== undefined && place !== places.at(-1)) places.push(place);
  }
  return places.slice(0, MAX_PLACES);
}
