/** The line for a program that does not load: the place in its source, and the problem. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInThisContext } from "node:vm";
import { problemLine } from "../../../cli/project/problemLine";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "problem-line-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const isOfProgram = (file: string) => file.startsWith(directory) && !file.includes("node_modules");
const lineOf = (error: unknown, cwd = directory) => problemLine(error, cwd, isOfProgram);

/** The error of V8 for the compiled text of a file with this source. */
function syntaxError(name: string, source: string, compiled = source): unknown {
  const file = path.join(directory, name);
  writeFileSync(file, source);
  try {
    runInThisContext(compiled, file);
  } catch (error) {
    return error;
  }
  throw new Error("the text compiles");
}

test.each<[string, string, string | undefined, string]>([
  ["hooks.js", "const a = 1;\nconst b = = 2;\n", undefined, 'hooks.js:2: Unexpected "="'],
  [
    "hooks.ts",
    "interface A {\n  b: string;\n}\nconst c: A = { b: ;\n",
    "const c = { b: ;\n",
    'hooks.ts:4: Unexpected ";"',
  ],
  ["hooks.js", "let a; let a;\n", undefined, 'hooks.js:1: The symbol "a" has already been declared'],
])("%s, which does not compile, has the line of its source", (name, source, compiled, line) => {
  expect(lineOf(syntaxError(name, source, compiled))).toBe(line);
});

test("a file that only V8 refuses has V8's line and message", () => {
  const error = syntaxError("hooks.js", "const a = 1;\n", "const a = 1;\nreturn;\n");
  expect(lineOf(error)).toBe("hooks.js:2: Illegal return statement");
});

test("an error has the first place in the program, and the first line of its message", () => {
  const error = new TypeError("no name\nsecond line");
  error.stack = [
    "TypeError: no name",
    "    at required (/elsewhere/node_modules/lib/index.js:1:1)",
    `    at Object.<anonymous> (${path.join(directory, "lib/hooks.ts")}:12:5)`,
    `    at ${path.join(directory, "index.ts")}:3:1`,
  ].join("\n");
  expect(lineOf(error)).toBe("lib/hooks.ts:12: no name");
  expect(lineOf(error, path.join(directory, "lib"))).toBe("hooks.ts:12: no name");
  expect(lineOf(error, path.join(directory, "other"))).toBe(`${directory}/lib/hooks.ts:12: no name`);
});

test("a module that is missing has the place of its import", () => {
  writeFileSync(path.join(directory, "index.js"), '\nrequire("./hooks");\n');
  let error: unknown;
  try {
    createRequire(path.join(directory, "index.js"))("./hooks");
  } catch (caught) {
    error = caught;
  }
  (error as Error).stack = `Error\n    at Object.<anonymous> (${path.join(directory, "index.js")}:2:1)`;
  expect(lineOf(error)).toMatch(/^index\.js:2: Cannot find module '\.\/hooks'/);
});

test("an error without place is its message, without the name of the command", () => {
  const error = new Error("streamlake: there is no Pulumi.dev.yaml");
  error.stack = "";
  expect(lineOf(error)).toBe("there is no Pulumi.dev.yaml");
  expect(lineOf("thrown")).toBe("thrown");
});
