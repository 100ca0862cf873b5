/** Links between documents: each leads to a file of the package, and to a heading that is there. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");

/** Without `dist`, which no document links to. */
const packed: string[] = JSON.parse(
  execFileSync("npm", ["pack", "--dry-run", "--json", "--silent", "--ignore-scripts"], { cwd: ROOT, encoding: "utf8" }),
)[0].files.map(({ path: file }: { path: string }) => file);
const documents = packed.filter((file) => file.endsWith(".md"));
const manifest = JSON.parse(read("package.json"));

interface Link {
  readonly from: string;
  readonly target: string;
}

/** Links outside code. */
const links: readonly Link[] = documents.flatMap((from) =>
  [...withoutCode(read(from)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ from, target: target as string })),
);
const isExternal = ({ target }: Link) => /^[a-z]+:/.test(target);

function withoutCode(text: string): string {
  return text.replace(/^(`{3,})[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "code");
}

/** As GitHub makes anchors of headings. */
function anchorsOf(file: string): string[] {
  const headings = [
    ...read(file)
      .replace(/^(`{3,})[\s\S]*?^\1/gm, "")
      .matchAll(/^#+ (.*)$/gm),
  ];
  return headings.map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function fileOf({ from, target }: Link): string {
  const [file] = target.split("#");
  return file ? path.posix.join(path.posix.dirname(from), file) : from;
}

test("the package has the documents, and they have links", () => {
  expect(documents).toEqual(expect.arrayContaining(["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/README.md"]));
  expect(links.filter((link) => !isExternal(link)).length).toBeGreaterThan(80);
});

test("every relative link leads to a file of the package", () => {
  const dead = links.filter((link) => !isExternal(link) && !packed.includes(fileOf(link)));
  expect(dead).toEqual([]);
});

test("every link to a heading leads to one that is there", () => {
  const dead = links.filter((link) => {
    const anchor = link.target.split("#")[1];
    return !isExternal(link) && anchor !== undefined && !anchorsOf(fileOf(link)).includes(anchor);
  });
  expect(dead).toEqual([]);
});

test("external links are encrypted", () => {
  expect(links.filter((link) => isExternal(link) && !link.target.startsWith("https://"))).toEqual([]);
});

test("docs/README.md links to every page, or to the overview of its folder", () => {
  const linked = new Set(links.filter(({ from }) => from === "docs/README.md").map(fileOf));
  const pages = documents.filter((file) => file.startsWith("docs/") && file !== "docs/README.md");
  const lost = pages.filter((file) => !linked.has(file) && !linked.has(`${path.posix.dirname(file)}/README.md`));
  expect(lost).toEqual([]);
});

test("the package names no repository and no home page, because links work without them", () => {
  expect(manifest).not.toHaveProperty("repository");
  expect(manifest).not.toHaveProperty("homepage");
  expect(manifest).not.toHaveProperty("bugs");
  expect(manifest.keywords).toEqual(expect.arrayContaining(["pulumi", "aws", "kinesis", "data-lake"]));
});

test("README's costs are those of the guide", () => {
  const rows = (file: string) =>
    [...read(file).matchAll(/^\| (.*) \|$/gm)].map(([, row]) => (row as string).split(" | "));
  const guide = rows("docs/guides/costs.md").map((cells) => cells.slice(1, 3).join(" | "));
  const readme = read("README.md").split("### Costs")[1]?.split("\n#")[0] ?? "";
  const shown = [...readme.matchAll(/^\| (.*\$.*) \|$/gm)].map(([, row]) => row as string);
  expect(shown.length).toBe(7);
  expect(shown.filter((row) => !guide.includes(row))).toEqual([]);
});

test("the sums of the smallest pipeline add up", () => {
  const table = read("docs/guides/costs.md").split("## The smallest pipeline")[1]?.split("\n## ")[0] ?? "";
  const columns = [1, 2].map((column) =>
    [...table.matchAll(/^\| (.*) \|$/gm)]
      .map(([, row]) => (row as string).split(" | ")[column] ?? "")
      .flatMap((cell) => (/\$([\d.]+)/.exec(cell)?.[1] ? [Number(/\$([\d.]+)/.exec(cell)?.[1])] : [])),
  );
  for (const numbers of columns) {
    const sum = numbers.pop() as number;
    expect(numbers).toHaveLength(5);
    expect(sum).toBeCloseTo(
      numbers.reduce((total, value) => total + value, 0),
      2,
    );
  }
});
