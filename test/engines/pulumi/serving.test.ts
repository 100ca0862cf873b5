/** A serving table on Pulumi's engine: from a preview through a change of its settings to its end. */
import * as path from "node:path";
import { touched } from "./eventLog";
import { existing, openStack, type StackOnLocalAws } from "./shippedStack";
import { expectSteadyRefresh, expectSteadyUp } from "./steadyStack";

const PROJECT = path.join(__dirname, "programs/serving");
const CONFIG = { "aws:region": "us-east-1" };
const TABLE = "aws:dynamodb/table:Table customers-table";

let stack: StackOnLocalAws;
beforeAll(async () => {
  stack = await openStack({ project: PROJECT, configDirectory: PROJECT, stack: "dev", config: CONFIG });
});
afterAll(() => stack?.close());

test("up makes what a preview announces, and a second one changes nothing", async () => {
  expect(await expectSteadyUp(stack)).toContain(`create ${TABLE}`);
});

test("a refresh finds nothing changed", async () => {
  await expectSteadyRefresh(stack);
});

test("a time to live changes the table in place, and the function that writes the times", async () => {
  stack.engine.configure({ ...CONFIG, "serving:timeToLiveDays": "30" });
  const changed = await stack.engine.up();
  expect(changed).toMatchObject({ code: 0, errors: [] });
  expect(touched(changed).sort()).toEqual([
    `update ${TABLE}`,
    "update aws:lambda/function:Function customers-fold-handler-function",
  ]);
  expect(changed.steps.find(({ name, op }) => op === "update" && name === "customers-table")?.changed).toEqual(["ttl"]);
});

test("destroy leaves the table, the stream and the bucket of failed batches", async () => {
  const destroyed = await stack.engine.destroy();
  expect(destroyed).toMatchObject({ code: 0, errors: [] });
  const left = existing(stack);
  expect(left).toContain(TABLE);
  expect(left).toContain("aws:kinesis/stream:Stream orders-stream");
  expect(left).toContain("aws:s3/bucket:Bucket customers-fold-failed");
  expect(left.filter((resource) => resource.startsWith("aws:lambda/"))).toEqual([]);
});

test("what may be deleted is gone after destroy", async () => {
  const deletable = await openStack({
    project: PROJECT,
    configDirectory: PROJECT,
    stack: "dev",
    config: { ...CONFIG, "serving:deletable": "true", "streamlake:allowDataDeletion": "true" },
  });
  try {
    expect(await deletable.engine.up()).toMatchObject({ code: 0, errors: [] });
    expect(await deletable.engine.destroy()).toMatchObject({ code: 0, errors: [] });
    expect(existing(deletable)).toEqual([]);
  } finally {
    await deletable.close();
  }
});
