/** docs/policies.md lists what the pack serves. */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { controls } from "streamlake/policy";

const read = (file: string) => readFileSync(path.join(__dirname, "../../..", file), "utf8");
const text = read("docs/policies.md");

test("its table has every control, with its title, its page and what it looks at", () => {
  const rows = [...text.matchAll(/^\| \[(\S+)\]\((\S+)\) \| (.+) \| (resource|stack) \|$/gm)].map((row) =>
    row.slice(1),
  );
  expect(rows).toEqual(
    controls.map((control) => {
      const lookedAt = "validateStack" in control ? "stack" : "resource";
      return [control.name, control.url, control.framework?.specification, lookedAt];
    }),
  );
});

test("its parameters are those that the controls take", () => {
  const taken = controls.flatMap(({ configSchema }) => Object.keys(configSchema?.properties ?? {}));
  const named = [...new Set(taken)].filter((parameter) => text.includes(`\`${parameter}\``));
  expect(named.sort()).toEqual([...new Set(taken)].sort());
});

test("README says how many there are", () => {
  expect(read("README.md").replace(/\s+/g, " ")).toContain(`holds any stack to ${controls.length} controls of AWS`);
});
