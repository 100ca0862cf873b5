/** The rooms: what each top-level folder may import, requires inside callbacks included. */
import * as fs from "node:fs";
import { builtinModules } from "node:module";
import * as path from "node:path";
import * as ts from "typescript";

const ROOT = path.resolve(__dirname, "../..");

interface Room {
  /** Rooms it may import. */
  readonly rooms: readonly string[];
  /** Packages it may import, beside those of `node:`. */
  readonly packages: RegExp;
  /** Rooms that it may only require inside a callback, as text that travels in a package. */
  readonly inCallbacks?: readonly string[];
}

const AWS_SDK = "@aws-sdk/|@smithy/";
const PULUMI = "@pulumi/";

const ROOMS: Readonly<Record<string, Room>> = {
  formats: { rooms: [], packages: new RegExp(`^(?!${AWS_SDK}|${PULUMI})`) },
  lake: { rooms: ["formats"], packages: new RegExp(`^(?!${AWS_SDK}|${PULUMI})`) },
  functions: { rooms: ["formats", "lake"], packages: new RegExp(`^(?!${AWS_SDK}|${PULUMI})`) },
  "functions/effects": { rooms: ["formats", "lake", "functions"], packages: new RegExp(`^(?!${PULUMI})`) },
  components: {
    rooms: ["lake"],
    packages: new RegExp(`^(${PULUMI}|esbuild$|yaml$)`),
    inCallbacks: ["functions", "functions/effects"],
  },
  stacks: { rooms: ["components", "lake", "formats"], packages: new RegExp(`^${PULUMI}`) },
  local: { rooms: ["lake", "formats"], packages: new RegExp(`^(?!${PULUMI}aws)`) },
  policy: { rooms: [], packages: new RegExp(`^${PULUMI}`) },
  cli: { rooms: ["local", "lake", "formats", "stacks"], packages: new RegExp(`^(?!${PULUMI})`) },
  plugin: { rooms: ["components", "lake", "formats"], packages: new RegExp(`^${PULUMI}`) },
  examples: { rooms: [], packages: /^(streamlake|streamlake\/testing)$/ },
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** A `require` inside a function, or an `import("…")` type beside it. */
  readonly inCallback: boolean;
}

function filesOf(directory: string): string[] {
  return fs.readdirSync(path.join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) return filesOf(name);
    return /\.ts$/.test(entry.name) ? [name] : [];
  });
}

/** Every import, export from, `require`, dynamic import and import type of a file. */
function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(path.join(ROOT, file), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, inCallback: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ file, specifier: specifier.text, inCallback });
  };
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier, false);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, inFunction);
    if (ts.isCallExpression(node)) {
      const isRequire = ts.isIdentifier(node.expression) && node.expression.text === "require";
      if (isRequire || node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], inFunction);
    }
    const entersFunction = ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, inFunction || entersFunction));
  };
  visit(source, false);
  return found;
}

function roomOf(file: string): string {
  const [room = "", folder] = file.split(path.sep);
  return Object.hasOwn(ROOMS, `${room}/${folder}`) ? `${room}/${folder}` : room;
}

/** What is wrong with an import; undefined for one that the room's row allows. */
function problem({ file, specifier, inCallback }: Import): string | undefined {
  const name = roomOf(file);
  const room = ROOMS[name] as Room;
  if (specifier.startsWith("node:")) return undefined;
  if (builtinModules.includes(specifier)) return `${file} imports "${specifier}" without "node:"`;
  if (!specifier.startsWith(".")) {
    return room.packages.test(specifier) ? undefined : `${file} imports the package "${specifier}"`;
  }
  const target = roomOf(path.relative(ROOT, path.resolve(ROOT, path.dirname(file), specifier)));
  if (target === name || room.rooms.includes(target) || target === "package.json") return undefined;
  if (name === "functions" && target === "functions/effects") return undefined;
  if (inCallback && room.inCallbacks?.includes(target)) return undefined;
  return `${file} imports "${specifier}" of ${target}`;
}

const files = Object.keys(ROOMS)
  .filter((room) => !room.includes("/"))
  .flatMap(filesOf);

test("every room is there", () => {
  const found = new Set(files.map((file) => file.split(path.sep)[0]));
  expect([...found].sort()).toEqual([
    "cli",
    "components",
    "examples",
    "formats",
    "functions",
    "lake",
    "local",
    "plugin",
    "policy",
    "stacks",
  ]);
});

test("every import is one that its room's row allows", () => {
  expect(files.flatMap(importsOf).map(problem).filter(Boolean)).toEqual([]);
});

test("components reach functions by callbacks alone", () => {
  const reached = filesOf("components")
    .flatMap(importsOf)
    .filter(({ specifier }) => specifier.includes("/functions/"));
  expect(new Set(reached.map(({ specifier }) => specifier))).toEqual(
    new Set([
      "../functions/alerts",
      "../functions/planHours",
      "../functions/reconcile",
      "../functions/effects/glueSchemas",
      "../functions/replayChunk",
      "../functions/replayPlan",
      "../functions/router",
    ]),
  );
  expect(reached.every(({ inCallback }) => inCallback)).toBe(true);
});

const refused: [string, Import][] = [
  ["a room that is not in its row", { file: "formats/a.ts", specifier: "../lake/hour", inCallback: false }],
  ["Pulumi below components", { file: "lake/a.ts", specifier: "@pulumi/pulumi", inCallback: false }],
  ["the AWS SDK outside effects", { file: "functions/a.ts", specifier: "@aws-sdk/client-s3", inCallback: false }],
  ["the AWS SDK in components", { file: "components/a.ts", specifier: "@aws-sdk/client-s3", inCallback: true }],
  ["functions outside callbacks", { file: "components/a.ts", specifier: "../functions/router", inCallback: false }],
  ["functions in stacks", { file: "stacks/a.ts", specifier: "../functions/router", inCallback: true }],
  ["components in local", { file: "local/a.ts", specifier: "../components/parts/policy", inCallback: true }],
  ["components in the command", { file: "cli/a.ts", specifier: "../components/parts/policy", inCallback: false }],
  ["a builtin without its prefix", { file: "lake/a.ts", specifier: "fs", inCallback: false }],
];

test.each(refused)("the table refuses %s", (_, wrong) => {
  expect(problem(wrong)).toContain(wrong.file);
});
