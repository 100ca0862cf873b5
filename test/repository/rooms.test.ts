/** Holds every import to CONTRIBUTING's table of rooms, requires inside callbacks included. */
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import * as path from "node:path";
import { filesBelow, type Import, ROOT, readSource } from "./support/sourceTree";

interface Room {
  /** Rooms it may import. */
  readonly rooms: readonly string[];
  /** Rooms that it may only require inside a callback, as text that travels in a package. */
  readonly inCallbacks: readonly string[];
  /** How the names of packages begin that it may import, or may not. */
  readonly packages: { readonly only: readonly string[] } | { readonly anyBut: readonly string[] };
}

const guide = readFileSync(path.join(ROOT, "CONTRIBUTING.md"), "utf8");
const quoted = (cell: string | undefined) =>
  [...(cell ?? "").matchAll(/`([^`]+?)\/?`/g)].map(([, name]) => name as string);

const quotedPaths = (answer: string) => [...answer.matchAll(/`([^`]+)`/g)].map(([, place]) => place as string);

/** Reads the rows of CONTRIBUTING's table of rooms: room, contents, imports, packages. */
function readTable(text: string): Record<string, Room> {
  const section = text.slice(text.indexOf("## Rooms"), text.indexOf("Beside the rooms"));
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return Object.fromEntries(
    rows.map((row) => {
      const [room, , imports = "", packages = ""] = row.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
      const [rooms, inCallbacks] = imports.split("; in callbacks ");
      const names = [...packages.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);
      if (!/^(any but|only) /.test(packages)) throw new Error(`CONTRIBUTING: packages of ${room} are "${packages}"`);
      return [
        quoted(room)[0] as string,
        {
          rooms: quoted(rooms),
          inCallbacks: quoted(inCallbacks),
          packages: packages.startsWith("only ") ? { only: names } : { anyBut: names },
        },
      ];
    }),
  );
}

const ROOMS = readTable(guide);
const FOLDERS = Object.keys(ROOMS).filter((room) => !room.includes("/"));

function roomOf(file: string): string {
  const [room = "", folder] = file.split("/");
  return Object.hasOwn(ROOMS, `${room}/${folder}`) ? `${room}/${folder}` : room;
}

function mayImportPackage({ packages }: Room, specifier: string): boolean {
  const begins = (name: string) => specifier.startsWith(name);
  return "only" in packages ? packages.only.some(begins) : !packages.anyBut.some(begins);
}

/** Why an import is wrong; undefined for one that the room's row allows. */
function problem({ file, specifier, inCallback }: Import): string | undefined {
  const name = roomOf(file);
  const room = ROOMS[name] as Room;
  if (specifier.startsWith("node:")) return undefined;
  if (builtinModules.includes(specifier)) return `${file} imports "${specifier}" without "node:"`;
  if (!specifier.startsWith(".")) {
    return mayImportPackage(room, specifier) ? undefined : `${file} imports the package "${specifier}"`;
  }
  const target = roomOf(path.posix.join(path.posix.dirname(file), specifier));
  if (target === name || room.rooms.includes(target) || target === "package.json") return undefined;
  if (inCallback && room.inCallbacks.includes(target)) return undefined;
  return `${file} imports "${specifier}" of ${target}`;
}

const sources = FOLDERS.flatMap(filesBelow)
  .filter((file) => /\.tsx?$/.test(file))
  .map(readSource);

test("the table lists every room", () => {
  expect(FOLDERS.sort()).toEqual([
    "cli",
    "components",
    "console",
    "examples",
    "formats",
    "functions",
    "lake",
    "lint",
    "local",
    "plugin",
    "policy",
    "stacks",
  ]);
});

test("every import is one that its room's row allows", () => {
  const imports = sources.flatMap((source) => source.imports);
  expect(imports.map(problem).filter(Boolean)).toEqual([]);
});

test("components reach functions by callbacks alone", () => {
  const reached = sources
    .filter(({ file }) => file.startsWith("components/"))
    .flatMap((source) => source.imports)
    .filter(({ specifier }) => specifier.includes("/functions/"));
  expect(reached.length).toBeGreaterThan(0);
  expect(reached.filter(({ inCallback }) => !inCallback)).toEqual([]);
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
  ["the command in the console", { file: "console/a.tsx", specifier: "../cli/run/report", inCallback: false }],
  ["a builtin without its prefix", { file: "lake/a.ts", specifier: "fs", inCallback: false }],
];

test.each(refused)("the table refuses %s", (_, wrong) => {
  expect(problem(wrong)).toContain(wrong.file);
});

test("each place that CONTRIBUTING sends a reader to exists", () => {
  const section = guide.slice(guide.indexOf("## Where to look"), guide.indexOf("## Recipes"));
  const answers = section.split("\n").flatMap((line) => /^\| .+\? \| (.+) \|$/.exec(line)?.[1] ?? []);
  expect(answers.length).toBeGreaterThanOrEqual(10);
  const places = answers.flatMap(quotedPaths);
  expect(places.length).toBeGreaterThanOrEqual(answers.length);
  expect(places.filter((place) => !existsSync(path.join(ROOT, place)))).toEqual([]);
});
