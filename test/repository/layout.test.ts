/** The layout: how large a folder may grow, which files stand alone, and where the tests of a file lie. */
import { existsSync } from "node:fs";
import * as path from "node:path";
import { circles, dependencies, filesBelow, foldersBelow, ROOT, readSource } from "./support/sourceTree";

const ROOMS = [
  "formats",
  "lake",
  "functions",
  "components",
  "stacks",
  "local",
  "lint",
  "policy",
  "cli",
  "console",
  "plugin",
  "examples",
];
const MAX_FILES_AT_TOP = 16;
const MAX_ENTRIES = 30;
const SMALL_LINES = 25;

/** One file for each AWS service, however short: a reader looks for the service's name. */
const ONE_FILE_A_SERVICE = [/^policy\/rules\//, /^local\/services\/[^/]+\/service\.ts$/];

/** Step Functions' interpreter is recursive: a state runs branches, which run states. */
const INTERPRETER = ["branches", "recover", "runExecution", "runState", "taskState", "visit"].map(
  (name) => `local/services/stepFunctions/${name}.ts`,
);

const sources = ["index.ts", ...ROOMS.flatMap(filesBelow).filter((file) => /\.tsx?$/.test(file))].map(readSource);
const graph = dependencies(sources);
const importersOf = (target: string) => [...graph].filter(([, targets]) => targets.has(target)).map(([file]) => file);

test(`a room has at most ${MAX_FILES_AT_TOP} files at its top, folders aside`, () => {
  const crowded = ROOMS.map((room) => [room, filesBelow(room).filter((file) => file.split("/").length === 2)] as const);
  expect(crowded.filter(([, files]) => files.length > MAX_FILES_AT_TOP)).toEqual([]);
});

test(`a folder has at most ${MAX_ENTRIES} entries`, () => {
  const files = [...ROOMS, "test", "bench", "docs", "jobs"].flatMap(filesBelow);
  const folders = [...ROOMS, "test", "bench", "docs", "jobs"].flatMap(foldersBelow);
  const entriesOf = (folder: string) => [...files, ...folders].filter((name) => path.posix.dirname(name) === folder);
  const crowded = folders.map((folder) => [folder, entriesOf(folder).length] as const);
  expect(crowded.filter(([, count]) => count > MAX_ENTRIES)).toEqual([]);
});

test(`a file under ${SMALL_LINES} lines with one importer in its room lives in that importer`, () => {
  const alone = sources.filter(({ file, lines }) => {
    const importers = importersOf(file);
    const isNextDoor = importers.length === 1 && importers[0]?.split("/")[0] === file.split("/")[0];
    return lines < SMALL_LINES && isNextDoor && !ONE_FILE_A_SERVICE.some((family) => family.test(file));
  });
  expect(alone.map(({ file }) => file)).toEqual([]);
});

test("local/cloud imports no service", () => {
  const upward = [...graph].flatMap(([file, targets]) =>
    file.startsWith("local/cloud/") ? [...targets].filter((target) => target.startsWith("local/services/")) : [],
  );
  expect(upward).toEqual([]);
});

test("what lies in a service's folder is reached through its service.ts", () => {
  const serviceOf = (file: string) => /^local\/services\/([^/]+)\//.exec(file)?.[1];
  const passed = [...graph].flatMap(([file, targets]) =>
    [...targets]
      .filter((target) => serviceOf(target) !== undefined && serviceOf(target) !== serviceOf(file))
      .filter((target) => path.posix.basename(target) !== "service.ts")
      .map((target) => `${file} -> ${target}`),
  );
  expect(passed).toEqual([]);
});

test("no files import each other in a circle, but for the interpreter of Step Functions", () => {
  expect(circles(graph).filter((members) => members.some((file) => !INTERPRETER.includes(file)))).toEqual([]);
});

test("every exported function, class and constant has a use in production", () => {
  const entries = new Set([
    "index.ts",
    "local/testing.ts",
    "policy/controls.ts",
    "policy/pack.ts",
    "plugin/serve.ts",
    "cli/main.ts",
  ]);
  const unused = sources.flatMap(({ file, text, exports }) => {
    if (entries.has(file) || file.startsWith("examples/") || file === "stacks/index.ts") return [];
    const texts = importersOf(file).map((importer) => sources.find((source) => source.file === importer)?.text ?? "");
    const isUsed = (name: string) => {
      const word = new RegExp(`\\b${name.replace("$", "\\$")}\\b`, "g");
      return texts.some((other) => word.test(other)) || (text.match(word)?.length ?? 0) > 1;
    };
    return exports.filter((name) => !isUsed(name)).map((name) => `${file}: ${name}`);
  });
  expect(unused).toEqual([]);
});

describe("tests mirror the rooms", () => {
  const tests = filesBelow("test").filter((file) => !/^test\/(engines|repository)\//.test(file));
  const isSource = (name: string) =>
    ["", ".ts", ".tsx", ".py", ".json"].some((ending) => existsSync(path.join(ROOT, `${name}${ending}`)));

  test("a test is named after a file or folder, or lies in a folder named after one below its room", () => {
    const lost = tests.filter((file) => {
      if (!file.endsWith(".test.ts")) return false;
      const name = file.slice("test/".length, -".test.ts".length);
      const folder = path.posix.dirname(name);
      return !isSource(name) && !(folder.includes("/") && isSource(folder));
    });
    expect(lost).toEqual([]);
  });

  test("a helper lies in its room's support folder", () => {
    const astray = tests.filter((file) => !file.endsWith(".test.ts") && !/^test\/[^/]+\/support\//.test(file));
    expect(astray).toEqual(["test/esmTransform.js"]);
  });
});
