/** The steps of a local run that ask a program's own resources. */
import { askWarehouse } from "../../../cli/run/steps";

const workgroup = (name: string) => [
  { type: "aws:redshiftserverless/namespace:Namespace", inputs: { namespaceName: name }, outputs: {} },
  { type: "aws:redshiftserverless/workgroup:Workgroup", inputs: { namespaceName: name, workgroupName: name } },
];

test.each([
  [[], "streamlake local: --warehouse-query needs a Warehouse, and the program declares none"],
  [
    [...workgroup("wh-1"), ...workgroup("wh-2")],
    "streamlake local: --warehouse-query needs one Warehouse, and the program declares several: wh-1, wh-2; ask each by the Data API of --serve",
  ],
])("a query needs one warehouse", async (resources, message) => {
  await expect(askWarehouse({ cloud: { resources } } as never, ["SELECT 1"])).rejects.toThrow(new Error(message));
  expect(await askWarehouse({ cloud: { resources } } as never, [])).toEqual([]);
});
