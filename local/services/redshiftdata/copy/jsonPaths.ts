/** Reads a JSONPaths file: one path a column. https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html */
import { RedshiftError } from "../sql/redshiftError";

const STEP = /\.([^.[\]'"]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]/y;

/**
 * @returns the paths as JSON pointers (RFC 6901), in the order of the file
 * @throws RedshiftError for a file of another shape, and for a path that is not simple
 */
export function readJsonPaths(text: string, url: string): string[] {
  let paths: unknown;
  try {
    paths = (JSON.parse(text) as { jsonpaths?: unknown }).jsonpaths;
  } catch {
    throw new RedshiftError(`Invalid JSONPath format. ${url} does not parse as JSON`);
  }
  if (!Array.isArray(paths) || paths.length === 0) {
    throw new RedshiftError(`Invalid JSONPath format. ${url} needs a list "jsonpaths"`);
  }
  return paths.map(String).map(pointerOf);
}

function pointerOf(path: string): string {
  const steps: string[] = [];
  let at = path.startsWith("$") ? 1 : 0;
  for (STEP.lastIndex = at; at > 0 && at < path.length; at = STEP.lastIndex) {
    const found = STEP.exec(path);
    if (!found) break;
    steps.push((found[1] ?? found[2] ?? found[3] ?? found[4]) as string);
  }
  // STEP.lastIndex is 0 after a part that is no step.
  if (at !== path.length) throw new RedshiftError(`Invalid JSONPath format. "${path}" is not simulated`);
  return pointer(steps);
}

export function pointer(steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
