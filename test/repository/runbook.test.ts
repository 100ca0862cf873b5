/** The runbook has a section for each alarm, and the documentation's commands have options that the command line has. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { globSync } from "tinyglobby";
import { dispatch } from "../../cli/dispatch";
import { testIo } from "../cli/support/testIo";
import { PROGRAMS } from "./support/componentPages/programs";
import { readResources } from "./support/componentPages/readResources";

const ROOT = path.join(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

test("every alarm of every component has a section", async () => {
  const roles: string[] = [];
  for (const program of Object.values(PROGRAMS)) {
    const { resources } = await readResources(program);
    // PipelineAlarms has the name of its component, a stream, before the role.
    roles.push(...resources.flatMap(({ name }) => /^<name>-alarm-(?:stream-)?([a-z-]+)$/.exec(name)?.slice(1) ?? []));
  }
  const sections = [...read("docs/runbook.md").matchAll(/^### ([a-z-]+)$/gm)].map(([, role]) => role);
  expect(new Set(sections)).toEqual(new Set(roles));
  // An alarm that needs options which no program combines is in the code alone.
  const sources = globSync("components/**/*.ts", { cwd: ROOT }).map(read);
  const inCode = sources.flatMap((source) =>
    [...source.matchAll(/^ +"?([a-z-]+)"?: \{\n +\.\.\.of[A-Z]\w+,\n/gm)].map(([, role]) => role),
  );
  expect(inCode.filter((role) => !roles.includes(String(role)))).toEqual([]);
  expect(inCode.length).toBeGreaterThan(10);
}, 120_000);

/** The arguments of every line `npx streamlake …` in a code block. */
function commandsOf(page: string): string[][] {
  const blocks = [...page.matchAll(/^```(?:sh|bash)?\n([\s\S]*?)^```$/gm)].map(([, block]) => String(block));
  return blocks.flatMap((block) =>
    [...block.matchAll(/^npx streamlake ([^#\n]+)/gm)].map(([, line]) =>
      [...String(line).matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, word]) =>
        String(single ?? double ?? word),
      ),
    ),
  );
}

const documents = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })];
const commands = documents.flatMap((file) =>
  commandsOf(read(file)).map((words) => [file, words.join(" "), words] as const),
);

test.each(commands)("%s: streamlake %s has options that its help lists", async (_, __, [name = "", ...words]) => {
  const io = testIo();
  expect(await dispatch([name, "--help"], io)).toBe(0);
  const known = [
    ...io
      .out()
      .toString()
      .matchAll(/^ {2}(--[a-z-]+)/gm),
  ].map(([, option]) => option);
  expect(known).toEqual(expect.arrayContaining(words.filter((word) => word.startsWith("--"))));
});
