/** bin/transpiled.js: the JavaScript that is kept between processes is that of the same file, source and maker. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

type Transpiled = (maker: readonly unknown[], fileName: string, source: string, transpile: () => string) => string;

const MAKER = ["esbuild", "1.0.0", { target: "es2022" }];
let work: string;
let root: string;
let transpiled: Transpiled;
let made: string[];

beforeEach(() => {
  work = mkdtempSync(path.join(tmpdir(), "transpiled-"));
  root = path.join(work, "library");
  transpiled = copyTo(root);
  made = [];
});

afterEach(() => rmSync(work, { recursive: true, force: true }));

function copyTo(directory: string): Transpiled {
  mkdirSync(path.join(directory, "bin"), { recursive: true });
  const copy = path.join(directory, "bin", "transpiled.js");
  copyFileSync(path.join(__dirname, "../../bin/transpiled.js"), copy);
  return (require(copy) as { transpiled: Transpiled }).transpiled;
}

function make(source: string, { maker = MAKER as readonly unknown[], fileName = "/lake/hour.ts" } = {}): string {
  return transpiled(maker, fileName, source, () => {
    made.push(`${fileName}: ${source}`);
    return `js of ${source}\nin ${maker[1]}`;
  });
}

const directory = () => path.join(root, "node_modules/.cache/streamlake");
const onlyFile = () => path.join(directory(), readdirSync(directory())[0] as string);

test("a file is transpiled once", () => {
  expect([make("one"), make("one"), make("one")]).toEqual(Array(3).fill("js of one\nin 1.0.0"));
  expect(made).toEqual(["/lake/hour.ts: one"]);
});

test("another source, version, option or place is transpiled on its own", () => {
  make("one");
  expect(make("two")).toBe("js of two\nin 1.0.0");
  expect(make("two", { maker: ["esbuild", "1.0.1", { target: "es2022" }] })).toBe("js of two\nin 1.0.1");
  make("two", { maker: ["esbuild", "1.0.1", { target: "es2023" }] });
  make("two", { fileName: "/lake/other.ts" });
  expect(made).toHaveLength(5);
});

test("a file's former JavaScript is replaced, so that what is kept does not grow with each change", () => {
  for (const source of ["one", "two", "three"]) make(source);
  expect(readdirSync(directory())).toHaveLength(1);
  expect(make("one")).toBe("js of one\nin 1.0.0");
  expect(made).toHaveLength(4);
});

test.each([
  ["cut off", (text: string) => text.slice(0, -1)],
  ["empty", () => ""],
])("a kept file that is %s is made again", (_, damage) => {
  make("one");
  writeFileSync(onlyFile(), damage(readFileSync(onlyFile(), "utf8")));
  expect(make("one")).toBe("js of one\nin 1.0.0");
  expect(made).toHaveLength(2);
});

test("a source that does not parse is refused each time", () => {
  const refuse = () =>
    transpiled(MAKER, "/lake/hour.ts", "broken", () => {
      throw new SyntaxError("';' expected");
    });
  expect(refuse).toThrow("';' expected");
  expect(refuse).toThrow("';' expected");
});

test("without a directory to write, each process transpiles", () => {
  mkdirSync(path.join(root, "node_modules"));
  writeFileSync(path.join(root, "node_modules/.cache"), "");
  expect([make("one"), make("one")]).toEqual(Array(2).fill("js of one\nin 1.0.0"));
  expect(made).toHaveLength(2);
});

test("an installed package keeps the JavaScript of programs beside itself", () => {
  const modules = path.join(work, "app/node_modules");
  transpiled = copyTo(path.join(modules, "streamlake"));
  make("one");
  expect(readdirSync(path.join(modules, ".cache/streamlake"))).toHaveLength(1);
});
