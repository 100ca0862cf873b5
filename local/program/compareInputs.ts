/** Finds the paths at which inputs differ; compares deeply, and assets and archives by their content. */
import { isContent, isSameContent } from "./content";
import { isPlainObject } from "./plainInputs";

/**
 * The paths at which the two differ: `environment.variables.A`, `s3Targets[0].path`. For a value that only one of them
 * has, the path of the value; for values in both, the differing paths inside. Undefined and null count as absent.
 */
export async function changedPaths(old: unknown, now: unknown, at = ""): Promise<string[]> {
  if (isContent(old) && isContent(now)) return (await isSameContent(old, now)) ? [] : [at];
  if (Array.isArray(old) && Array.isArray(now)) {
    const length = Math.max(old.length, now.length);
    const places = Array.from({ length }, (_place, index) => changedPaths(old[index], now[index], `${at}[${index}]`));
    return (await Promise.all(places)).flat();
  }
  if (isRecord(old) && isRecord(now)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    const parts = names.map((name) => changedPaths(old[name], now[name], at === "" ? name : `${at}.${name}`));
    return (await Promise.all(parts)).flat();
  }
  return (old ?? undefined) === (now ?? undefined) ? [] : [at];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isContent(value) && isPlainObject(value);
}
