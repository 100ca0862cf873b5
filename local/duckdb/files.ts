/** Files below a folder, and how their paths are written in SQL. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** Every file below `folder` whose name ends with `ending`, sorted; none where there is no such folder. */
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

/** A list literal of files; DuckDB takes each as a pattern, so its signs are bracketed. */
export function sqlFiles(files: readonly string[]): string {
  return `[${files.map((file) => `'${file.replace(/[[*?]/g, "[$&]").replaceAll("'", "''")}'`).join(", ")}]`;
}
