/** Functions in a VPC: the network is declared only, and the role must be able to manage it. */
import { CallbackFunction } from "streamlake";
import { start, stopAll } from "../../support/start";

afterEach(stopAll);

const vpc = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };

test("a function in a VPC needs a role that may manage network interfaces", async () => {
  const cloud = await start(() => {
    new CallbackFunction("own", { factory: () => () => "own", vpc });
  });
  expect(cloud.usage().denied).toEqual([]);
  const without = () => {
    new CallbackFunction("own", {
      factory: () => () => "own",
      transform: {
        function: (args) => {
          args.vpcConfig = vpc;
        },
      },
    });
  };
  await expect(start(without)).rejects.toThrow(
    'local/lambda: function "own-function": the provided execution role does not have permissions to call CreateNetworkInterface on EC2',
  );
});
