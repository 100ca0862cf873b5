/** `streamlake lint`: finds contradictions between the resources of a program before it is deployed. */
import { type Finding, findContradictions, RULES } from "../../lint/rules";
import { defineCommand } from "../command";
import { lintedProgram } from "../lint/lintedProgram";
import { choice, optionalNames, quantity, stackName, text } from "../optionKinds";
import { lookupsFile, readLookups } from "../project/readLookups";
import { readProject } from "../project/readProject";
import { withProgramPlaces } from "../project/withProgramPlaces";
import { counting, createPaint } from "../terminal/wording";

const IDS = RULES.map(({ id }) => id);

export const lint = defineCommand({
  name: "lint",
  summary: "Finds contradictions between the resources that the program declares: no AWS account, no deployment.",
  options: {
    stack: stackName("the stack whose configuration the program is evaluated with", "dev"),
    "records-per-day": quantity("N", "the records that producers write to each stream in a day, for scan-limit"),
    "record-bytes": quantity("N", "the mean size of a record", 1000),
    skip: optionalNames("RULES", "leaves these rules out, separated by commas", IDS),
    lookups: text("FILE", "answers what the program looks up; streamlake.lookups.json when present", undefined),
    output: choice("FORM", "text or json", ["text", "json"], "text"),
  },
  hasColors: true,
  notes: [
    ...RULES.map(({ id, title }) => `  ${id.padEnd(20)}  ${title}.`),
    "",
    "A rule is silent about values that only AWS knows, and about resources of other programs. The policy pack gives the same",
    "findings as warnings of a preview: docs/policies.md.",
    "",
    "  streamlake lint --stack prod --records-per-day 50e6 --record-bytes 900",
    "",
    "Exit code 0: nothing found. 1: something found, or the program failed. 2: wrong usage.",
  ],
  run: async ({ stack, skip = [], output, ...options }, io) => {
    const lookups = readLookups(lookupsFile(io.cwd, options.lookups));
    const project = readProject(io.cwd, stack, lookups.config);
    const program = await withProgramPlaces(io.cwd, () => lintedProgram(project, stack, lookups));
    const figures = { recordsPerDay: options["records-per-day"], recordBytes: options["record-bytes"] };
    const rules = RULES.filter(({ id }) => !skip.some((skipped) => skipped === id));
    const findings = findContradictions(program, figures, rules);
    const unchecked = rules.filter(({ needs }) => needs?.(figures) === false).map(({ id }) => id);
    if (output === "json") {
      io.stdout.write(`${JSON.stringify({ stack, findings: findings.map(plain), unchecked }, null, 2)}\n`);
    } else {
      const paint = createPaint(io);
      const lines = findings.flatMap(({ rule, resource: { name }, problem, wayOut }) => [
        `${paint.bad("!")} ${paint.strong(name)}: ${problem} ${wayOut} ${paint.faint(`(${rule})`)}`,
      ]);
      const rest = unchecked.length === 0 ? "" : `; ${unchecked.join(", ")} needs --records-per-day`;
      const count = findings.length === 0 ? "no contradiction" : counting(findings.length, "contradiction");
      io.stdout.write([...lines, `${count} in the stack ${stack}${rest}`, ""].join("\n"));
    }
    return findings.length === 0 ? 0 : 1;
  },
});

function plain({ rule, resource: { type, name }, problem, wayOut }: Finding) {
  return { rule, type, name, problem, wayOut };
}
