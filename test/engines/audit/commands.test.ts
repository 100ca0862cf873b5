/** The commands of the AWS CLI in the documentation have operations, options and answers that the services' models have. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../../..");
const PYTHON = path.join(ROOT, ".engines/audit/bin/python");

/** The words of every command `aws …` in the code blocks of a page, those in `$(…)` too. */
function commandsOf(page: string): string[][] {
  const blocks = [...page.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, block]) =>
    String(block).replace(/\\\n\s*/g, " "),
  );
  return blocks.flatMap((block) =>
    block.split("\n").flatMap((line) => {
      const starts = [...line.matchAll(/(?:^|\$\(|&& |\| )aws (?=[a-z0-9-]+ [a-z-]+)/g)];
      return starts.map(({ index, 0: start }) => wordsOf(line.slice(index + start.length)));
    }),
  );
}

/** The words of a shell command up to its end: `)`, `&&`, `|` or the end of the line; a string is one word. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word, single, double] of line.matchAll(/'([^']*)'|"([^"]*)"|\$\([^)]*\)|[^\s'")]+|\)/g)) {
    if (word === ")" || word === "&&" || word === "|") break;
    words.push(single ?? double ?? word);
  }
  return words;
}

function check(commands: readonly string[][]): { findings: string[]; checked: number } {
  const script = path.join(__dirname, "commands.py");
  return JSON.parse(execFileSync(PYTHON, [script], { input: JSON.stringify(commands), encoding: "utf8" }));
}

test.each([
  ["docs/first-deployment.md", 20],
  ["docs/runbook.md", 10],
])("every command of %s exists, with its options and the fields of its answer", (page, count) => {
  const commands = commandsOf(fs.readFileSync(path.join(ROOT, page), "utf8"));
  expect(check(commands)).toEqual({ findings: [], checked: commands.length });
  expect(commands.length).toBeGreaterThan(count);
});

test.each([
  ["aws kinesys list-streams", "kinesys is no service"],
  ["aws kinesis list-stream", "kinesis has no operation list-stream"],
  ["aws kinesis describe-stream-summary --name x", "kinesis describe-stream-summary has no option --name"],
  ["aws glue get-crawler", "glue get-crawler needs --name"],
  ['aws glue list-jobs --query "JobNames[?"', "Incomplete expression"],
  ['aws scheduler list-schedules --query "Schedules[].[Name,Status]"', "the answer has no Status"],
  ['aws glue get-crawler --name x --query "Crawlers.State"', "the answer has no Crawlers"],
])("the mistake in %s is found", (command, finding) => {
  const { findings } = check(commandsOf(`\`\`\`\n${command}\n\`\`\`\n`));
  expect(findings).toContainEqual(expect.stringContaining(finding));
});
