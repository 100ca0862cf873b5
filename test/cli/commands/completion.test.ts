import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "../../../cli/command";
import { completion } from "../../../cli/commands/completion";
import { dispatch } from "../../../cli/dispatch";
import { testIo } from "../support/testIo";

async function completionOf(shell: string) {
  const io = testIo();
  const code = await dispatch(["completion", shell], io);
  return { code, out: io.out().toString(), err: io.err() };
}

/** The names of all commands, and the options of each, as the help prints them. */
async function helpOf(...argv: string[]) {
  const io = testIo();
  await dispatch([...argv, "--help"], io);
  return io.out().toString();
}

const names = async () => [...(await helpOf()).matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name as string);
const optionsOf = async (command: string) =>
  [...(await helpOf(command)).matchAll(/^ {2}--([a-z-]+)/gm)].map(([, option]) => option as string);

describe("bash", () => {
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "completion-"));
    writeFileSync(path.join(directory, "script"), (await completionOf("bash")).out);
    writeFileSync(path.join(directory, "two words.csv"), "");
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** The replies of bash for a command line whose last word is being written. */
  function replies(...words: string[]): string[] {
    const script = `source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _streamlake; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync("bash", ["-u", "-c", script, "bash", ...words], { cwd: directory, encoding: "utf8" });
    return out.split("\n").filter((line) => line !== "");
  }

  test("the commands are those of the help", async () => {
    expect(replies("streamlake", "")).toEqual([...(await names()), "--help", "--version"]);
    expect(replies("streamlake", "wa")).toEqual(["watch"]);
  });

  test("each command has the options of its help", async () => {
    const commands = await names();
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) {
      expect(replies("streamlake", command, "--").map((option) => option.slice(2))).toEqual(await optionsOf(command));
    }
  });

  test("after an option come its values, files, or nothing", () => {
    expect(replies("streamlake", "query", "SELECT 1", "--output", "")).toEqual([
      "table",
      "csv",
      "json",
      "ndjson",
      "parquet",
    ]);
    expect(replies("streamlake", "query", "--output", "p")).toEqual(["parquet"]);
    expect(replies("streamlake", "query", "--file", "two")).toEqual(["two words.csv"]);
    expect(replies("streamlake", "query", "--database", "")).toEqual([]);
    expect(replies("streamlake", "query", "--quiet", "--js")).toEqual(["--json"]);
  });

  test("an argument that is one of some words is completed", () => {
    expect(replies("streamlake", "schemas", "")).toEqual(["check", "accept"]);
    expect(replies("streamlake", "completion", "z")).toEqual(["zsh"]);
    expect(replies("streamlake", "query", "")).toEqual([]);
  });
});

test.each([
  ["zsh", (option: string) => `--${option}[`],
  ["fish", (option: string) => ` -l ${option} `],
])("the script of %s has every option of every command", async (shell, written) => {
  const { code, out } = await completionOf(shell);
  expect(code).toBe(0);
  for (const command of await names()) {
    const [start, end] = shell === "zsh" ? [`    ${command})`, ";;"] : [`-a ${command} -d`, "__fish_use_subcommand"];
    const part = out.slice(out.indexOf(start) + start.length);
    const own = part.slice(0, part.indexOf(end) < 0 ? undefined : part.indexOf(end));
    const missing = (await optionsOf(command)).filter((option) => !own.includes(written(option)));
    expect({ command, missing }).toEqual({ command, missing: [] });
  }
});

const odd: Command = {
  name: "odd",
  summary: "It's [odd]: \\ all",
  argument: "one|two",
  options: { name: { placeholder: "FILE …", help: "don't: [x]", initial: [], many: true, read: () => [] } },
  run: async () => 0,
};

test.each([
  ["zsh", "'odd:It'\\''s [odd]: \\ all'", "'*--name[don'\\''t\\: \\[x\\]]:FILE …:_files'", "'1:argument:(one two)'"],
  [
    "fish",
    "-a odd -d 'It\\'s [odd]: \\\\ all'",
    "-n '__fish_seen_subcommand_from odd' -l name -r -F -d 'don\\'t: [x]'",
    "-a 'one two'",
  ],
])("%s: help with quotes, colons and brackets stays text", async (shell, ...lines) => {
  const io = testIo();
  await completion(() => [odd]).run([shell], io);
  for (const line of lines) expect(io.out().toString()).toContain(line);
});

test("another shell is refused", async () => {
  expect(await completionOf("csh")).toEqual({
    code: 2,
    out: "",
    err: 'streamlake completion: "csh" is not one of bash, zsh, fish\n',
  });
});
