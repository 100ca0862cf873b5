/** Tells the files of a program from those of this package and of other packages. */
import path from "node:path";
import { packageDirectory } from "./packageDirectory";

/** The folders of this package; the rest of a checkout may be a program. */
const LIBRARY = [
  "bin",
  "dist",
  "cli",
  "components",
  "formats",
  "functions",
  "jobs",
  "lake",
  "local",
  "plugin",
  "policy",
].map((folder) => path.join(packageDirectory(), folder) + path.sep);

/** True for a file that is neither installed nor of this package. */
export function isOfProgram(file: string): boolean {
  return !file.split(path.sep).includes("node_modules") && !LIBRARY.some((folder) => file.startsWith(folder));
}
