/** A warehouse on Pulumi's engine: from a preview through a change of its capacity to its end. */
import * as path from "node:path";
import { touched } from "./eventLog";
import { existing, openStack, type StackOnLocalAws } from "./shippedStack";
import { expectSteadyRefresh, expectSteadyUp } from "./steadyStack";

const PROJECT = path.join(__dirname, "programs/warehouse");
const CONFIG = { "aws:region": "us-east-1" };
const NAMESPACE = "aws:redshiftserverless/namespace:Namespace wh-namespace";
const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup wh-workgroup";

let stack: StackOnLocalAws;
beforeAll(async () => {
  stack = await openStack({ project: PROJECT, configDirectory: PROJECT, stack: "dev", config: CONFIG });
});
afterAll(() => stack?.close());

test("up makes what a preview announces, and a second one changes nothing", async () => {
  expect(await expectSteadyUp(stack)).toEqual(expect.arrayContaining([`create ${NAMESPACE}`, `create ${WORKGROUP}`]));
});

test("a refresh finds nothing changed", async () => {
  await expectSteadyRefresh(stack);
});

test("another capacity changes the workgroup in place, and nothing else", async () => {
  stack.engine.configure({ ...CONFIG, "warehouse:capacity": "16" });
  const changed = await stack.engine.up();
  expect(changed).toMatchObject({ code: 0, errors: [] });
  expect(touched(changed)).toEqual([`update ${WORKGROUP}`]);
  expect(changed.steps.find(({ op }) => op === "update")?.changed).toEqual(["baseCapacity"]);
});

test("destroy leaves the database and the buckets", async () => {
  const destroyed = await stack.engine.destroy();
  expect(destroyed).toMatchObject({ code: 0, errors: [] });
  const left = existing(stack);
  expect(left).toEqual(expect.arrayContaining([NAMESPACE, WORKGROUP, "aws:s3/bucket:Bucket wh-loads"]));
  expect(left.filter((resource) => /aws:(lambda|sfn|scheduler)\//.test(resource))).toEqual([]);
});

test("what may be deleted is gone after destroy", async () => {
  const deletable = await openStack({
    project: PROJECT,
    configDirectory: PROJECT,
    stack: "dev",
    config: { ...CONFIG, "warehouse:deletable": "true", "streamlake:allowDataDeletion": "true" },
  });
  try {
    expect(await deletable.engine.up()).toMatchObject({ code: 0, errors: [] });
    expect(await deletable.engine.destroy()).toMatchObject({ code: 0, errors: [] });
    expect(existing(deletable)).toEqual([]);
  } finally {
    await deletable.close();
  }
});
