/** Finds the places where functions are declared in the program's source. */
import * as path from "node:path";
import { locateFunctions } from "./locateFunctions";
import { projectDirectory } from "./programDirectory";

/**
 * Returns the places by the functions' names: `{ transform: "hooks.ts:17" }`, relative to the directory of
 * `Pulumi.yaml`, so that they are the same in every checkout. A function without a script, as a bound one, has no
 * place.
 */
export function functionPlaces(functions: Readonly<Record<string, unknown>>): Record<string, string> {
  const found = Object.entries(functions).filter(([, value]) => typeof value === "function");
  const locations = locateFunctions(found.map(([, value]) => value));
  return Object.fromEntries(
    found.flatMap(([name], index) => {
      const location = locations[index];
      if (!location) return [];
      const { file, line } = location.script.placeAt(location.parameters);
      return [[name, `${relativeFile(file)}:${line}`]];
    }),
  );
}

/**
 * The path relative to the directory of `Pulumi.yaml`, which is the same in every checkout. Outside that directory only
 * the file's name is.
 */
export function relativeFile(file: string): string {
  const name = path.relative(projectDirectory() ?? process.cwd(), file);
  return name.startsWith("..") || path.isAbsolute(name) ? path.basename(file) : name.split(path.sep).join("/");
}
