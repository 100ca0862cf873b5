/** The program that is shipped, as each environment's configuration makes it, obeys the pack as configured for it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { contradictions } from "streamlake/policy";
import { declare } from "streamlake/testing";
import { parse } from "yaml";
import { PACK, packConfigFile } from "../support/packConfigFile";
import { type PackConfig, type Resource, RunningPack } from "../support/runningPack";

const ROOT = path.resolve(__dirname, "../../..");
let pack: RunningPack;

beforeAll(async () => {
  pack = await RunningPack.start();
});
afterAll(() => pack.stop());

/** The rules of `streamlake lint` need to know which resource a value comes from; `test/cli/lint/lintedProgram.test.ts` runs them. */
const WITHOUT_RULES: PackConfig = Object.fromEntries(
  contradictions.map(({ name }) => [name, { enforcementLevel: "disabled" }]),
);

/** As `--policy-pack-config policy/config/<stack>.json` gives it, where there is such a file. */
function packConfig(stack: string): PackConfig {
  const file = packConfigFile(stack);
  return { ...WITHOUT_RULES, ...(file !== undefined && JSON.parse(fs.readFileSync(file, "utf8"))) };
}

async function declaredBy(stack: string): Promise<Resource[]> {
  const { config } = parse(fs.readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8"));
  const texts = Object.entries(config).map(([key, value]) => [key, String(value)]);
  const { resources } = await declare(program, { project: "streamlake", stack, config: Object.fromEntries(texts) });
  // The packages of functions are not what a control looks at, and they are large.
  return resources.map(({ type, name, inputs: { code, ...inputs } }) => ({
    type,
    name,
    props: { id: name, ...inputs },
  }));
}

test.each(["dev", "staging", "prod"])("%s violates nothing", async (stack) => {
  expect(await pack.violations(await declaredBy(stack), packConfig(stack))).toEqual([]);
});

test("only dev needs exemptions: its three buckets keep no access logs", async () => {
  const found = await pack.violations(await declaredBy("dev"), WITHOUT_RULES);
  expect(found.map(({ control, resource }) => `${control} ${resource}`)).toEqual([
    "S3.9 lake-failed",
    "S3.9 lake-lake",
    "S3.9 lake-results",
  ]);
  expect(fs.readdirSync(path.join(PACK, "config"))).toEqual(["dev.json"]);
});

function program(): unknown {
  let outputs: unknown;
  jest.isolateModules(() => {
    outputs = require("../../../stacks/index");
  });
  return outputs;
}
