/** Reads the answers to the program's look-ups, from a file next to `Pulumi.yaml` or another one. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkLookups, LOOKUPS_FILE, type Lookups } from "../../local/program/lookups";
import { UsageError } from "../errors";

/** The file that answers look-ups; undefined if the project has none. */
export function lookupsFile(directory: string, given: string | undefined): string | undefined {
  const file = path.resolve(directory, given ?? LOOKUPS_FILE);
  return given !== undefined || existsSync(file) ? file : undefined;
}

/** @throws UsageError for a file that is missing, is no JSON or has another shape */
export function readLookups(file: string | undefined): Lookups {
  if (file === undefined) return {};
  try {
    return checkLookups(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === "ENOENT" ? "the file does not exist" : message.split("\n")[0];
    throw new UsageError(`streamlake: look-ups in ${file}: ${problem}`, { cause: error });
  }
}
