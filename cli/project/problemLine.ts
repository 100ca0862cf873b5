/** Describes an error of the program in one line, with its place in the program: `hooks.ts:12: Expected ";" but found "x"`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { types } from "node:util";
import { type TransformFailure, transformSync } from "esbuild";
import { stackFrames } from "../../local/testing/stackFrames";

/** @param isOfProgram true for the files of the program */
export function problemLine(error: unknown, cwd: string, isOfProgram: (file: string) => boolean): string {
  if (!types.isNativeError(error)) return oneLine(String(error));
  const place = syntaxProblem(error) ?? stackFrames(error).find(({ file }) => isOfProgram(file));
  const message = oneLine((place && "message" in place ? place.message : error.message).replace(/^streamlake: /, ""));
  if (!place) return message;
  const name = path.relative(cwd, place.file);
  return `${name.startsWith("..") ? place.file : name.split(path.sep).join("/")}:${place.line}: ${message}`;
}

interface SyntaxProblem {
  readonly file: string;
  readonly line: string | number;
  readonly message: string;
}

/** V8 begins the stack of an error in a module's text with the module's file; its line is that of the compiled text. */
const MODULE = /^(?:file:\/\/)?(\/.*?):(\d+)\n/;

/** Undefined for another error. The line is that of the source, if esbuild refuses the source too. */
export function syntaxProblem(error: Error): SyntaxProblem | undefined {
  const [, file, line = ""] = (error.name === "SyntaxError" && MODULE.exec(error.stack ?? "")) || [];
  if (file === undefined) return undefined;
  try {
    transformSync(readFileSync(file, "utf8"), { loader: /\.[cm]?ts$/.test(file) ? "ts" : "js", logLevel: "silent" });
  } catch (failure) {
    const [first] = (failure as TransformFailure).errors ?? [];
    if (first) return { file, line: first.location?.line ?? line, message: first.text };
  }
  return { file, line, message: error.message };
}

function oneLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
