/** New projects: the files of the template, with the directory's name, and directories that are refused. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import { testIo } from "../support/testIo";

let work: string;
beforeEach(() => {
  work = mkdtempSync(path.join(tmpdir(), "init-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

async function init(...argv: string[]) {
  const io = testIo({ cwd: work });
  return { code: await dispatch(["init", ...argv], io), out: io.out().toString(), err: io.err() };
}

const read = (...parts: string[]) => readFileSync(path.join(work, ...parts), "utf8");

test("a new directory gets the program, its test and what they need", async () => {
  const { code, out, err } = await init("shop");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toBe(
    [
      'The project "shop" has 8 files: .gitignore, Pulumi.yaml, README.md, index.ts, package.json, pipeline.test.ts, pipeline.ts, tsconfig.json',
      "",
      "Next:",
      "  cd shop",
      "  # streamlake runs from a checkout, and the project depends on the published version; for the checkout itself,",
      "  # make a tarball there with: npm pack; then, in an empty directory: streamlake init --library TARBALL",
      "  npm install",
      "  npx streamlake local    # runs the program in one process, from records to SQL",
      "  npm test                # routes records in unit tests",
      "",
    ].join("\n"),
  );
  expect(read("shop", "Pulumi.yaml")).toBe(
    "name: shop\ndescription: Mixed-format records on a stream become tables that answer SQL\nruntime: nodejs\nmain: index.ts\n",
  );
  expect(read("shop", ".gitignore")).toBe("node_modules/\n.streamlake/\n");
  expect(read("shop", "README.md")).toMatch(/^# shop\n/);
  expect(read("shop", "pipeline.ts")).toBe(readFileSync(path.join(__dirname, "../../../template/pipeline.ts"), "utf8"));
});

test("the directory in the next command is quoted for the shell", async () => {
  expect((await init("Bad Name!")).out).toContain("\n  cd 'Bad Name!'\n");
  expect((await init("o'clock")).out).toContain("\n  cd 'o'\\''clock'\n");
});

test("the project depends on this version, and on the versions that this version is tested with", async () => {
  await init("shop");
  const own = JSON.parse(readFileSync(path.join(__dirname, "../../../package.json"), "utf8"));
  const tested = (name: string) => own.devDependencies[name];
  expect(JSON.parse(read("shop", "package.json"))).toEqual({
    name: "shop",
    private: true,
    scripts: { local: "streamlake local", test: "vitest run --testTimeout=30000", types: "tsc" },
    dependencies: {
      "@pulumi/aws": tested("@pulumi/aws"),
      "@pulumi/pulumi": tested("@pulumi/pulumi"),
      streamlake: `^${own.version}`,
    },
    devDependencies: {
      "@duckdb/node-api": tested("@duckdb/node-api"),
      "@types/node": tested("@types/node"),
      typescript: tested("typescript"),
      vitest: tested("vitest"),
    },
  });
  await init("other", "--library", "file:../streamlake.tgz");
  expect(JSON.parse(read("other", "package.json")).dependencies.streamlake).toBe("file:../streamlake.tgz");
});

test("a tarball that is named as a path is found from the project, and must be there", async () => {
  writeFileSync(path.join(work, "streamlake-0.1.0.tgz"), "");
  const { out } = await init("shop", "--library", "streamlake-0.1.0.tgz");
  expect(out).toContain("Next:\n  cd shop\n  npm install\n");
  expect(JSON.parse(read("shop", "package.json")).dependencies.streamlake).toBe("file:../streamlake-0.1.0.tgz");
  expect(await init("other", "--library", "./gone.tgz")).toEqual({
    code: 2,
    out: "",
    err: "streamlake init: --library: there is no file ./gone.tgz\n",
  });
  expect(existsSync(path.join(work, "other"))).toBe(false);
});

test("the current directory is taken if it is empty but for .git", async () => {
  const directory = path.join(work, "My Lake 2");
  mkdirSync(path.join(directory, ".git"), { recursive: true });
  const io = testIo({ cwd: directory });
  expect(await dispatch(["init"], io)).toBe(0);
  expect(io.out().toString()).toContain(
    "Next:\n  # streamlake runs from a checkout, and the project depends on the published version; for the checkout itself,\n" +
      "  # make a tarball there with: npm pack; then, in an empty directory: streamlake init --library TARBALL\n  npm install\n",
  );
  expect(read("My Lake 2", "Pulumi.yaml")).toMatch(/^name: my-lake-2\n/);
});

test.each([
  ["Ünïcode Café", "n-code-caf"],
  ["2026", "my-lake"],
  ["a".repeat(70), "a".repeat(30)],
])("a project in the directory %s has the name %s", async (directory, name) => {
  await init(directory);
  expect(read(directory, "Pulumi.yaml")).toMatch(new RegExp(`^name: ${name}\n`));
});

test("a directory that is not empty is refused by name, and stays as it is", async () => {
  mkdirSync(path.join(work, "shop"));
  for (const name of ["a.ts", "b.ts", "c.ts", "d.ts"]) writeFileSync(path.join(work, "shop", name), "");
  expect(await init("shop")).toEqual({
    code: 2,
    out: "",
    err: "streamlake init: shop is not empty (a.ts, b.ts, c.ts and 1 more); name a new directory: streamlake init NAME\n",
  });
  expect(readdirSync(path.join(work, "shop"))).toHaveLength(4);
  expect((await init()).err).toBe(
    `streamlake init: ${work} is not empty (shop); name a new directory: streamlake init NAME\n`,
  );
  expect(existsSync(path.join(work, "package.json"))).toBe(false);
});

test("a file and a second argument are refused", async () => {
  writeFileSync(path.join(work, "shop"), "");
  expect(await init("shop")).toEqual({
    code: 2,
    out: "",
    err: "streamlake init: shop is a file; name an empty directory\n",
  });
  expect((await init("one", "two")).err).toBe('streamlake init: unexpected argument "two"; see --help\n');
});

test("help shows that the directory may be absent", async () => {
  expect((await init("--help")).out).toMatch(/^streamlake init \[DIR\] \[options\]\n/);
});
