/** The HTTP entry from its first preview to its end: nothing changes twice, and what changes is changed in place. */
import * as path from "node:path";
import { PACK } from "../../policy/support/packConfigFile";
import { touched } from "./eventLog";
import { existing, openStack, type StackOnLocalAws } from "./shippedStack";
import { expectSteadyRefresh, expectSteadyUp } from "./steadyStack";

const PROJECT = path.join(__dirname, "programs/ingest");
const CONFIG = {
  "aws:region": "us-east-1",
  "streamlake:allowDataDeletion": "true",
  "ingest:authorization": "AWS_IAM",
};

let stack: StackOnLocalAws;
beforeAll(async () => {
  stack = await openStack({ project: PROJECT, configDirectory: PROJECT, stack: "dev", config: CONFIG });
});
afterAll(() => stack?.close());

test("a preview announces what an update creates, and a second update changes nothing", async () => {
  expect(await expectSteadyUp(stack)).toEqual(
    expect.arrayContaining([
      "create aws:apigatewayv2/api:Api api-api",
      "create aws:apigatewayv2/stage:Stage api-stage",
      "create aws:lambda/permission:Permission api-permission",
    ]),
  );
});

test("a refresh finds no difference", async () => {
  await expectSteadyRefresh(stack);
});

test("another rate changes the stage, another authorization the routes, both in place", async () => {
  stack.engine.configure({ ...CONFIG, "ingest:rate": 5 });
  expect(touched(await stack.engine.up())).toEqual(["update aws:apigatewayv2/stage:Stage api-stage"]);
  stack.engine.configure({ ...CONFIG, "ingest:rate": 5, "ingest:authorization": "JWT" });
  expect(touched(await stack.engine.up()).sort()).toEqual([
    "create aws:apigatewayv2/authorizer:Authorizer api-authorizer",
    "update aws:apigatewayv2/route:Route api-route-batches",
    "update aws:apigatewayv2/route:Route api-route-default",
    "update aws:apigatewayv2/route:Route api-route-records",
  ]);
});

test("the policy pack passes it, and reports an API that is open", async () => {
  const passed = await stack.engine.preview("--policy-pack", PACK);
  expect(passed).toMatchObject({ code: 0, errors: [] });
  expect(passed.stdout).not.toContain("APIGateway.");
  stack.engine.configure({ ...CONFIG, "ingest:authorization": "NONE" });
  const stopped = await stack.engine.preview("--policy-pack", PACK);
  expect(stopped.code).not.toBe(0);
  expect(stopped.stdout).toContain("APIGateway.8");
  expect(stopped.stdout).toContain("api-route-records: accepts requests without authorization.");
});

test("destroy leaves nothing", async () => {
  expect(await stack.engine.destroy()).toMatchObject({ code: 0, errors: [] });
  expect(existing(stack)).toEqual([]);
});
