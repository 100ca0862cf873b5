import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expandInputs } from "../../../cli/input/expandInputs";

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), "inputs-")));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, content = "a,b\n1,2\n"): string {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

test("files come in the given order, each once, and standard input has no size", () => {
  const [a, b] = [write("a.csv"), write("b.csv")];
  expect(expandInputs(["b.csv", a, "b.csv"], dir)).toEqual({ files: [b, a], bytes: 16, note: undefined });
  expect(expandInputs(["a.csv", "-"], dir)).toEqual({ files: [a, "-"], bytes: undefined, note: undefined });
});

test("a directory is all its files, sorted, without hidden and empty ones, which are named in one line", () => {
  const files = [write("in/2026/b.csv"), write("in/a.csv")];
  write("in/.DS_Store");
  write("in/.git/config");
  write("in/_SUCCESS", "");
  expect(expandInputs(["in"], dir)).toEqual({
    files,
    bytes: 16,
    note: "leaves out 2 hidden files: in/.DS_Store, in/.git/config; 1 empty file: in/_SUCCESS",
  });
});

test("more than five files that are left out are counted", () => {
  write("in/a.csv");
  for (const name of "abcdefg") write(`in/.${name}`);
  expect(expandInputs(["in"], dir).note).toBe(
    "leaves out 7 hidden files: in/.a, in/.b, in/.c, in/.d, in/.e and 2 more",
  );
});

test("a pattern is the files that match it, and a file with that very name goes before", () => {
  const files = [write("in/2026/b.csv"), write("in/a.csv")];
  write("in/c.json");
  expect(expandInputs(["in/**/*.csv"], dir).files).toEqual(files);
  const brackets = write("in/[a].csv");
  expect(expandInputs(["in/[a].csv"], dir).files).toEqual([brackets]);
});

test.each<[string, () => unknown, string, string]>([
  ["a name without a file", () => undefined, "none.csv", "there is no file DIR/none.csv"],
  ["a pattern without a match", () => write("a.csv"), "*.json", "no file with content matches *.json"],
  ["an empty directory", () => mkdirSync(path.join(dir, "in")), "in", "DIR/in contains no files with content"],
  [
    "a directory of hidden files",
    () => write("in/.a"),
    "in",
    "DIR/in contains no files with content, except hidden ones",
  ],
])("%s is refused", (_, arrange, name, message) => {
  arrange();
  expect(() => expandInputs([name], dir)).toThrow(message.replace("DIR", dir));
});

test("a file to which links lead is sent once, and links in circles end", () => {
  const files = [write("in/2026.csv"), write("in/more/b.csv")];
  symlinkSync(files[0] as string, path.join(dir, "in/.hidden.csv"));
  symlinkSync("2026.csv", path.join(dir, "in/Latest.csv"));
  symlinkSync("..", path.join(dir, "in/more/up"));
  symlinkSync("more", path.join(dir, "in/same"));
  expect(expandInputs(["in", "in/Latest.csv"], dir)).toEqual({
    files,
    bytes: 16,
    note: "leaves out 1 hidden file: in/.hidden.csv; 3 links to files that are sent: in/Latest.csv, in/same/b.csv, in/Latest.csv",
  });
  expect(expandInputs(["in/**/*.csv"], dir).files).toEqual(files);
});

test("a pipe has no size", () => {
  const pipe = path.join(dir, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(expandInputs(["pipe"], dir)).toEqual({ files: [pipe], bytes: undefined, note: undefined });
});

test("files that cannot be read are named in one line", () => {
  write("in/a.csv");
  for (const name of ["b", "c"]) symlinkSync(path.join(dir, "nowhere"), path.join(dir, `in/${name}.csv`));
  expect(() => expandInputs(["in"], dir)).toThrow(
    `2 files cannot be read: ${dir}/in/b.csv (ENOENT), ${dir}/in/c.csv (ENOENT); change the permissions, or name other files`,
  );
});
