/** Places of functions: the lines of their TypeScript source, not of the compiled text. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { functionPlaces } from "../../../components/package/functionPlaces";

interface Removed {
  readonly by: "the compiler";
}

const transform = (row: object) => ({ ...row });
const accept = (removed: Removed) => removed.by === "the compiler";

test("a function's place is its file, relative to the project, and its line", () => {
  expect(functionPlaces({ transform, accept })).toEqual({
    transform: "test/components/package/functionPlaces.test.ts:11",
    accept: "test/components/package/functionPlaces.test.ts:12",
  });
});

test("values that are no functions, and functions without a script, have no place", () => {
  expect(functionPlaces({ transform: undefined, accept: Math.max, table: transform.bind(undefined) })).toEqual({});
});

test("outside the project's directory the place has the file's name only", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "places-"));
  const file = path.join(directory, "hooks.js");
  writeFileSync(file, "\nexports.table = () => 'orders';\n//# sourceMappingURL=missing.js.map\n");
  try {
    expect(functionPlaces(require(file) as object as Record<string, unknown>)).toEqual({ table: "hooks.js:2" });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
