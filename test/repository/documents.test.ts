/** Documents are held to what they speak of: quoted examples to their files, fidelity's lines to their tests. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

const ROOT = path.resolve(__dirname, "../..");
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");

function testFiles(directory: string): string[] {
  return fs.readdirSync(path.join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) return testFiles(name);
    return name.endsWith(".test.ts") ? [name] : [];
  });
}

/** Stands for any text, in a title with values and in a line that shortens one. */
const ANY = "\u0000";

const quotes = [...read("README.md").matchAll(/<!-- (examples\/\S+) -->\n```ts\n([\s\S]*?)```/g)];

test("README quotes four examples", () => {
  expect(quotes.map(([, file]) => file)).toEqual([
    "examples/minimal.ts",
    "examples/hooks.ts",
    "examples/audit.ts",
    "examples/platform.ts",
  ]);
});

test.each(quotes.map(([, file, text]) => [file, text] as const))("README quotes %s verbatim", (file, text) => {
  expect(text).toBe(read(file as string));
});

const programs = [
  ...read("docs/languages.md").matchAll(/<!-- (test\/engines\/\S+) -->\n```(?:yaml|python)\n([\s\S]*?)```/g),
];

test("docs/languages.md quotes the programs that tests deploy", () => {
  expect(programs.map(([, file]) => file)).toEqual([
    "test/engines/languages/yaml/Pulumi.yaml",
    "test/engines/languages/python/Pulumi.yaml",
    "test/engines/languages/python/__main__.py",
  ]);
});

test.each(programs.map(([, file, text]) => [file, text] as const))(
  "docs/languages.md quotes %s verbatim",
  (file, text) => {
    expect(text).toBe(read(file as string));
  },
);

test("the whole pipeline takes at most 25 lines", () => {
  expect(read("examples/minimal.ts").trim().split("\n").length).toBeLessThanOrEqual(25);
});

test.each(["local", "test", "check", "bench", "schema", "smoke"])(
  "the command `npm run %s`, of which documents speak, exists",
  (script) => {
    expect(JSON.parse(read("package.json")).scripts[script]).toEqual(expect.any(String));
  },
);

describe("docs/fidelity.md", () => {
  const text = read("docs/fidelity.md");
  const lines = text
    .split(/^##+ /m)
    .filter((section) => section.includes("\n| feature |"))
    .flatMap((section) => section.split("\n"))
    .filter((line) => /^\| (?!---|feature)/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  const files = testFiles("test");
  const titles = files.flatMap(titlesOf);
  const cases = new Set(files.flatMap(caseNamesOf));

  test("has lines", () => {
    expect(lines.length).toBeGreaterThan(100);
  });

  test("links to its own sections", () => {
    const anchors = [...text.matchAll(/^##+ (.*)$/gm)].map(([, heading]) =>
      (heading as string)
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor as string);
    expect(links.length).toBeGreaterThan(anchors.length);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });

  test.each(lines.map((cells) => [cells[1], cells.at(-2) ?? ""]))("%s: names tests that exist", (_feature, cell) => {
    const named = [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);
    expect(named.length).toBeGreaterThan(0);
    const isTest = (name: string) =>
      files.some((file) => file === name || path.basename(file) === name) ||
      cases.has(name) ||
      titles.some((title) => agree([...name.replaceAll("…", ANY)], [...title]));
    expect(named.filter((name) => !isTest(name))).toEqual([]);
  });
});

/** Titles of the tests and groups of a file; the values that a title is given when it runs are `ANY`. */
function titlesOf(file: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(test|it|describe)\b/.test(node.expression.getText())) {
      const [title] = node.arguments;
      if (title && ts.isStringLiteralLike(title)) titles.push(title.text);
      if (title && ts.isTemplateExpression(title)) {
        titles.push(title.head.text + title.templateSpans.map(({ literal }) => ANY + literal.text).join(""));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022, true));
  // A title that is little but values would agree with every name.
  return titles
    .map((title) => title.replace(/%[a-zA-Z#]|\$[a-zA-Z.]+/g, ANY))
    .filter((title) => title.replaceAll(ANY, "").trim().length >= 6);
}

/** Texts that stand in a file to the letter, names of a table's cases among them. */
function caseNamesOf(file: string): string[] {
  return [...read(file).matchAll(/"([^"\n]{4,})"/g)].map(([, text]) => text as string);
}

/** Whether two texts can be the same, whatever stands for `ANY` in either. */
function agree(left: readonly string[], right: readonly string[]): boolean {
  const seen = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const at = i * (right.length + 1) + j;
    const known = seen.get(at);
    if (known !== undefined) return known;
    let result: boolean;
    if (i === left.length && j === right.length) result = true;
    else if (left[i] === ANY) result = from(i + 1, j) || (j < right.length && from(i, j + 1));
    else if (right[j] === ANY) result = from(i, j + 1) || (i < left.length && from(i + 1, j));
    else result = i < left.length && j < right.length && left[i] === right[j] && from(i + 1, j + 1);
    seen.set(at, result);
    return result;
  };
  return from(0, 0);
}
