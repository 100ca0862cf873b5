/** Places of a stack: frames of the package's code that is the program's. */
import { type PackageLines, placesOfStack } from "../../../lake/routing/packageLines";

const LINES: PackageLines = {
  files: ["hooks.ts", "names.ts"],
  runs: [
    [3, 100, 0, 17],
    [3, 120, 0, 18],
    [3, 150, -1, 0],
    [4, 1, 1, 3],
    [4, 20, -1, 0],
  ],
};
const at = (...positions: string[]) =>
  ["TypeError: x is not a function", ...positions.map((position) => `    at e (/var/task/index.js:${position})`)].join(
    "\n",
  );

test.each<[string, string[], string[]]>([
  ["the first column of a run", ["3:100"], ["hooks.ts:17"]],
  ["the last column of a run", ["3:119"], ["hooks.ts:17"]],
  ["the next run", ["3:120"], ["hooks.ts:18"]],
  ["code before any run", ["3:99"], []],
  ["code after a run", ["3:150"], []],
  ["a later line without a run", ["5:1"], []],
  ["a helper and its caller", ["4:7", "3:130", "1:2"], ["names.ts:3", "hooks.ts:18"]],
  ["a call through the library", ["4:7", "3:160", "3:130"], ["names.ts:3", "hooks.ts:18"]],
  ["recursion", ["4:7", "4:9", "4:9", "3:130"], ["names.ts:3", "hooks.ts:18"]],
  [
    "more than four",
    ["4:1", "3:100", "4:1", "3:100", "4:1"],
    ["names.ts:3", "hooks.ts:17", "names.ts:3", "hooks.ts:17"],
  ],
])("%s", (_name, positions, places) => {
  expect(placesOfStack(at(...positions), "/var/task/index.js", LINES)).toEqual(places);
});

test("a frame without a function's name, and frames of other files", () => {
  const stack =
    "Error: x\n    at /var/task/index.js:3:100\n    at node:internal/main:4:1\n    at f (/opt/index.js:4:1)";
  expect(placesOfStack(stack, "/var/task/index.js", LINES)).toEqual(["hooks.ts:17"]);
});
