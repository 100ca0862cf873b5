/** A serving table violates no control; without deletion protection and on-demand capacity it would. */
import { ServingTable, type ServingTableArgs, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { type Resource, RunningPack } from "../support/runningPack";

let pack: RunningPack;

beforeAll(async () => {
  pack = await RunningPack.start();
});
afterAll(() => pack.stop());

async function declared(args: Partial<ServingTableArgs> = {}): Promise<Resource[]> {
  const program = () => {
    new ServingTable("customers", { stream: new StreamIngest("in"), timeToLiveDays: 30, ...args });
  };
  const { resources } = await declare(program);
  return resources.map(({ type, name, inputs: { code, ...inputs } }) => ({
    type,
    name,
    props: { id: name, ...inputs },
  }));
}

const found = async (args?: Partial<ServingTableArgs>) =>
  (await pack.violations(await declared(args))).map(({ control, resource }) => `${control} ${resource}`);

test("only the bucket of failed batches needs an exemption: it keeps no access logs", async () => {
  expect(await found()).toEqual(["S3.9 customers-fold-failed"]);
});

test("what a transform takes away is found", async () => {
  const table: NonNullable<ServingTableArgs["transform"]>["table"] = (args) => {
    args.deletionProtectionEnabled = false;
    args.pointInTimeRecovery = undefined;
    args.billingMode = "PROVISIONED";
  };
  expect((await found({ transform: { table } })).sort()).toEqual([
    "DynamoDB.1 customers-table",
    "DynamoDB.2 customers-table",
    "DynamoDB.6 customers-table",
    "S3.9 customers-fold-failed",
  ]);
});
