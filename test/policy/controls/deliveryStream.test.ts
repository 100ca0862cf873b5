/** A delivery stream violates no control; a source other than a stream would need encryption at rest. */
import { DataLake, DeliveryStream, type DeliveryStreamArgs, StreamIngest } from "streamlake";
import { declare } from "streamlake/testing";
import { RunningPack } from "../support/runningPack";

let pack: RunningPack;

beforeAll(async () => {
  pack = await RunningPack.start();
});
afterAll(() => pack.stop());

async function found(args: Partial<DeliveryStreamArgs> = {}): Promise<string[]> {
  const { resources } = await declare(() => {
    const lake = new DataLake("lake", { accessLogs: true });
    new DeliveryStream("shop", { stream: new StreamIngest("in"), lake, sourceBackup: true, ...args });
  });
  const declared = resources.map(({ type, name, inputs: { code, ...inputs } }) => ({
    type,
    name,
    props: { id: name, ...inputs },
  }));
  const violations = await pack.violations(declared);
  return violations.map(({ control, resource }) => `${control} ${resource}`).filter((line) => line.includes(" shop"));
}

test("only the bucket of the backup needs an exemption: it keeps no access logs", async () => {
  expect(await found()).toEqual(["S3.9 shop-backup"]);
});

test("without a Kinesis source it would have to be encrypted at rest", async () => {
  const deliveryStream: NonNullable<DeliveryStreamArgs["transform"]>["deliveryStream"] = (args) => {
    args.kinesisSourceConfiguration = undefined;
  };
  expect((await found({ transform: { deliveryStream } })).sort()).toEqual([
    "DataFirehose.1 shop-delivery",
    "S3.9 shop-backup",
  ]);
});
