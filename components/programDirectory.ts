/** Finds the directory of the Pulumi program, the same whether Pulumi or local runs it: hooks' own requires resolve there. */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/**
 * The directory of `main` in the nearest `Pulumi.yaml` above `from`, and `from` itself where there is none.
 * Pulumi runs a program in the directory of its main file, local in that of `Pulumi.yaml`.
 */
export function programDirectory(from: string = process.cwd()): string {
  for (let directory = from; ; directory = path.dirname(directory)) {
    const project = path.join(directory, "Pulumi.yaml");
    if (existsSync(project)) return directoryOfMain(directory, project);
    if (path.dirname(directory) === directory) return from;
  }
}

function directoryOfMain(directory: string, projectFile: string): string {
  const { main } = (parse(readFileSync(projectFile, "utf8")) ?? {}) as { main?: string };
  const target = path.join(directory, main ?? ".");
  return path.extname(target) === "" ? target : path.dirname(target);
}
