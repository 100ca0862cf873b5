/** Lines that are appended to files: whole lines, each once, also in files and directories that appear later. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FileTail } from "../../local/fileTail";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "tail-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const append = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  appendFileSync(path.join(directory, file), text);
};
const read = (tail: FileTail) => [...tail.read()].map(({ file, line }) => `${file}: ${line}`);

test("only what is appended after the start is read, each line once", () => {
  append("a.log", "before\n");
  const tail = new FileTail(directory);
  expect(read(tail)).toEqual([]);
  append("a.log", "one\ntwo\n");
  append("deep/b.log", "three\n");
  expect(read(tail)).toEqual(["a.log: one", "a.log: two", "deep/b.log: three"]);
  expect(read(tail)).toEqual([]);
});

test("half a line waits for its end, also in the middle of a character", () => {
  const tail = new FileTail(directory);
  const bytes = Buffer.from("grüße\nnext\n");
  append("a.log", "");
  appendFileSync(path.join(directory, "a.log"), bytes.subarray(0, 3));
  expect(read(tail)).toEqual([]);
  appendFileSync(path.join(directory, "a.log"), bytes.subarray(3));
  expect(read(tail)).toEqual(["a.log: grüße", "a.log: next"]);
});

test("lines longer than a read are whole", () => {
  const tail = new FileTail(directory);
  const long = "x".repeat(2_500_000);
  append("a.log", `${long}\nshort\n`);
  expect([...tail.read()].map(({ line }) => line.length)).toEqual([2_500_000, 5]);
});

test("a tail from the start reads what the files hold already", () => {
  append("a.log", "before\n");
  const tail = new FileTail(directory, "start");
  append("a.log", "after\n");
  expect(read(tail)).toEqual(["a.log: before", "a.log: after"]);
});

test("a directory that is not there yet is empty", () => {
  expect(read(new FileTail(path.join(directory, "none")))).toEqual([]);
});
