/** Lines of hooks that throw in a package: those of the TypeScript source, which the test names. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bundleCallback } from "../../../components/package/bundleCallback";
import { type PackageLines, placesOfStack } from "../../../lake/routing/packageLines";
import * as hooks from "../support/brokenHooks";

const { third, chained, declared, shorthand, recursive, required, twins } = hooks;
const HOOKS = "test/components/support/brokenHooks.ts";

const directory = mkdtempSync(path.join(tmpdir(), "lines-"));
const file = path.join(directory, "index.js");
let lines: PackageLines;
let call: (hook: string, row: object) => unknown;

beforeAll(async () => {
  const code = await bundleCallback("test", () => {
    const byName: Record<string, (row: never) => unknown> = {
      third,
      chained,
      declared,
      accept: shorthand.accept,
      recursive,
      required,
      first: twins.first,
      second: twins.second,
    };
    // The lines are appended only to packages that read them.
    const router = () => require("../functions/router") as object;
    return (hook: string, row?: never) => (row === undefined ? router() : byName[hook]?.(row));
  });
  writeFileSync(file, code);
  lines = JSON.parse(/^var STREAMLAKE_LINES=(.*);\n$/m.exec(code)?.[1] ?? "") as PackageLines;
  call = (require(file) as { handler: typeof call }).handler;
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The places that the error of a hook passed. */
function placesOf(hook: string, row: object): string[] {
  try {
    call(hook, row);
  } catch (error) {
    return placesOfStack((error as Error).stack ?? "", file, lines);
  }
  throw new Error(`${hook} did not throw`);
}

test.each<[string, object, string[]]>([
  ["third", {}, [`${HOOKS}:3`]],
  ["chained", {}, [`${HOOKS}:16`]],
  ["chained", { name: {} }, [`${HOOKS}:17`]],
  ["chained", { name: { first: { trim: () => 5 } } }, [`${HOOKS}:18`]],
  ["declared", {}, [`${HOOKS}:16`, `${HOOKS}:23`]],
  ["accept", {}, [`${HOOKS}:16`, `${HOOKS}:23`, `${HOOKS}:33`, `${HOOKS}:32`]],
  ["recursive", { depth: 3 }, [`${HOOKS}:40`, `${HOOKS}:41`]],
  ["required", {}, ["test/components/support/half 2.ts:8", `${HOOKS}:46`]],
])("%s of %j throws in %j", (hook, row, places) => {
  expect(placesOf(hook, row)).toEqual(places);
});

test("functions with the same text in two places have no lines, because the package does not show which is which", () => {
  expect(placesOf("first", {})).toEqual(placesOf("second", {}));
});

test("only the program's files have lines, not the library's and its packages'", () => {
  const own = path.basename(__filename);
  expect(lines.files.filter((name) => path.basename(name) !== own)).toEqual([
    "test/components/support/half 2.ts",
    HOOKS,
  ]);
});

test("the lines take a few bytes of the package", () => {
  expect(JSON.stringify(lines).length).toBeLessThan(2_000);
});
