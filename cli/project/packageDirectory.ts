/** Finds the directory of this package: sources and compiled files lie at different depths. */
import { existsSync } from "node:fs";
import path from "node:path";

export function packageDirectory(): string {
  for (let directory = __dirname; ; directory = path.dirname(directory)) {
    if (existsSync(path.join(directory, "package.json"))) return directory;
    if (path.dirname(directory) === directory) throw new Error("streamlake: its package.json is missing");
  }
}
