/** A warehouse violates no control of Redshift Serverless; what transforms take away is found. */
import { DataLake, Warehouse, type WarehouseArgs } from "streamlake";
import { declare } from "streamlake/testing";
import { type Resource, RunningPack } from "../support/runningPack";

let pack: RunningPack;

beforeAll(async () => {
  pack = await RunningPack.start();
});
afterAll(() => pack.stop());

async function declared(args: Partial<WarehouseArgs> = {}): Promise<Resource[]> {
  const program = () => {
    const tables = { orders: { columns: [{ name: "total", type: "double" as const }] } };
    const subnetIds = ["subnet-a", "subnet-b", "subnet-c"];
    new Warehouse("wh", { lake: new DataLake("lake", { tables }), vpcId: "vpc-1", subnetIds, ...args });
  };
  const { resources } = await declare(program);
  return resources
    .filter(({ name }) => name.startsWith("wh"))
    .map(({ type, name, inputs: { code, ...inputs } }) => ({
      type,
      name,
      props: { id: name, ...inputs, ...(inputs.adminUsername && { adminUsername: inputs.adminUsername.value }) },
    }));
}

const found = async (args?: Partial<WarehouseArgs>) =>
  (await pack.violations(await declared(args))).map(({ control, resource }) => `${control} ${resource}`);

test("only the bucket of loads needs an exemption: it keeps no access logs", async () => {
  expect(await found()).toEqual(["S3.9 wh-loads"]);
});

test("what a transform takes away is found", async () => {
  const transform: WarehouseArgs["transform"] = {
    namespace: (args) => {
      args.logExports = [];
      args.adminUsername = "admin";
    },
    workgroup: (args) => {
      args.enhancedVpcRouting = false;
      args.publiclyAccessible = true;
      args.configParameters = [];
    },
  };
  expect((await found({ transform })).sort()).toEqual([
    "RedshiftServerless.1 wh-workgroup",
    "RedshiftServerless.2 wh-workgroup",
    "RedshiftServerless.3 wh-workgroup",
    "RedshiftServerless.5 wh-namespace",
    "RedshiftServerless.6 wh-namespace",
    "S3.9 wh-loads",
  ]);
});
