/** Changes to a program that is deployed: what the engine does to what exists, and what a deployment that failed leaves. */
import * as path from "node:path";
import { touched } from "./eventLog";
import { openStack, packages, type StackOnLocalAws } from "./shippedStack";

const PROJECT = path.join(__dirname, "programs/hooks");
const CONFIG = { "aws:region": "us-east-1", "hooks:accept": "anything" };

let stack: StackOnLocalAws;
beforeAll(async () => {
  stack = await openStack({ project: PROJECT, configDirectory: PROJECT, stack: "dev", config: CONFIG });
});
afterAll(() => stack?.close());

const ids = () => stack.cloud.provisioner.all().map(({ type, id }) => `${type} ${id}`);

test("a resource that fails ends the deployment by its name, and the next one makes what is missing", async () => {
  stack.aws.failOnce("etl-plan-function", "TooManyRequestsException: Rate exceeded");
  const failed = await stack.engine.up();
  expect(failed.code).toBe(1);
  expect(failed.errors).toContain("TooManyRequestsException: Rate exceeded\n");
  expect(failed.stdout).toContain(
    "aws:lambda:Function (etl-plan-function):\n    error: TooManyRequestsException: Rate exceeded",
  );
  const made = ids();
  expect(made.length).toBeGreaterThan(0);
  const missing = ["aws:lambda/function:Function etl-plan-function", "aws:sfn/stateMachine:StateMachine etl-workflow"];
  const existing = stack.cloud.provisioner.all().map(({ type, name }) => `${type} ${name}`);
  expect(existing.filter((resource) => missing.includes(resource))).toEqual([]);

  const recovered = await stack.engine.up();
  expect(recovered).toMatchObject({ code: 0, errors: [], warnings: [] });
  expect(new Set(recovered.steps.map(({ op }) => op))).toEqual(new Set(["same", "create"]));
  expect(touched(recovered)).toEqual(expect.arrayContaining(missing.map((resource) => `create ${resource}`)));
  expect(ids().slice(0, made.length)).toEqual(made);
});

test("a changed hook updates the function that it travels in, and nothing else", async () => {
  const { "router-router-function": before, ...others } = packages(stack);
  stack.engine.configure({ ...CONFIG, "hooks:accept": "no refunds" });
  const changed = await stack.engine.up();
  expect(changed).toMatchObject({ code: 0, errors: [] });
  expect(touched(changed)).toEqual(["update aws:lambda/function:Function router-router-function"]);
  expect(changed.steps.find(({ op }) => op === "update")?.changed).toEqual(["code"]);
  const { "router-router-function": after, ...same } = packages(stack);
  expect(after).not.toBe(before);
  expect(same).toEqual(others);
});

test("renamed components with their aliases stay what they are", async () => {
  const before = ids();
  stack.engine.configure({ ...CONFIG, "hooks:accept": "no refunds", "hooks:renamed": true });
  const renamed = await stack.engine.up();
  expect(renamed).toMatchObject({ code: 0, errors: [] });
  expect(ids()).toEqual(before);
  const updated = renamed.steps.filter(({ op }) => op !== "same");
  expect(new Set(updated.map(({ op }) => op))).toEqual(new Set(["update"]));
  // Descriptions say the component's name, in words.
  expect(new Set(updated.flatMap(({ changed }) => changed))).toEqual(new Set(["description"]));
});

test("a hook that captures what cannot travel is refused in one line", async () => {
  stack.engine.configure({ ...CONFIG, "hooks:accept": "a captured map" });
  const { code, errors } = await stack.engine.preview();
  expect(code).toBe(1);
  expect(errors).toEqual([
    expect.stringMatching(
      /^error serializing property "code": CallbackFunction "router-router": its callback captures a Map, [^\n]+\n$/,
    ),
  ]);
});
