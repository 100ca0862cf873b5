/** Finds the directory of the Pulumi program, in which requires of hooks resolve, both under Pulumi and under local. */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/**
 * The directory of `main` in the nearest `Pulumi.yaml` above `from`; `from` itself if there is none. Pulumi runs a
 * program in the directory of its main file, local in that of `Pulumi.yaml`.
 */
export function programDirectory(from: string = process.cwd()): string {
  const project = projectDirectory(from);
  return project === undefined ? from : directoryOfMain(project, path.join(project, "Pulumi.yaml"));
}

/** The directory of the nearest `Pulumi.yaml` above `from`; undefined if there is none. */
export function projectDirectory(from: string = process.cwd()): string | undefined {
  for (let directory = from; ; directory = path.dirname(directory)) {
    if (existsSync(path.join(directory, "Pulumi.yaml"))) return directory;
    if (path.dirname(directory) === directory) return undefined;
  }
}

function directoryOfMain(directory: string, projectFile: string): string {
  const { main } = (parse(readFileSync(projectFile, "utf8")) ?? {}) as { main?: string };
  const target = path.join(directory, main ?? ".");
  return path.extname(target) === "" ? target : path.dirname(target);
}
