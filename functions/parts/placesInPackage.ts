/** Finds the places in the program's source that an error passed, by the line map in the function's package. */
import { type PackageLines, placesOfStack } from "../../lake/routing/packageLines";

/** Appended to the package by its build (components/package/bundleCallback.ts) if the program's code is in it. */
declare const STREAMLAKE_LINES: PackageLines;

export function placesInPackage({ stack }: Error): string[] {
  if (typeof STREAMLAKE_LINES === "undefined" || typeof stack !== "string") return [];
  return placesOfStack(stack, __filename, STREAMLAKE_LINES);
}
