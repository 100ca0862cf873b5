/** Finds files below a folder, and writes their paths as SQL. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** Every file below `folder` whose name ends with `ending`, sorted; none if the folder does not exist. */
export function filesBelow(folder: string, ending = ""): string[] {
  return [...walk(folder)].filter((file) => file.endsWith(ending)).sort();
}

function* walk(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const entryPath = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(entryPath);
    else yield entryPath;
  }
}

/** A list literal of files. DuckDB reads each path as a glob pattern, so its special characters are bracketed. */
export function sqlFiles(files: readonly string[]): string {
  return `[${files.map((file) => `'${file.replace(/[[*?]/g, "[$&]").replaceAll("'", "''")}'`).join(", ")}]`;
}
