/** How a mapping is driven: when it reads, and that it falls silent when it is stopped. */
import type { Clock } from "../../../../../local/cloud/clock";
import { roleOf } from "../../../../../local/cloud/iam/principal";
import { MappingDriver } from "../../../../../local/services/lambda/mapping/mappingDriver";
import { readMappingSettings } from "../../../../../local/services/lambda/mapping/readMappingConfig";
import { FunctionWorld, ROLE } from "../../../support/functionWorld";

const STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks";

/** A clock that stands still until it is told to let every sleeper go. */
class HeldClock implements Clock {
  private readonly sleepers: (() => void)[] = [];
  now = () => 0;
  sleep = () => new Promise<void>((resolve) => this.sleepers.push(resolve));

  async letGo(): Promise<void> {
    for (const resolve of this.sleepers.splice(0)) resolve();
    await settle();
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const ANSWERS: Record<string, unknown> = {
  ListShards: { Shards: [{ ShardId: "shardId-000000000000" }] },
  GetShardIterator: { ShardIterator: "i" },
  GetRecords: { Records: [], NextShardIterator: "i", MillisBehindLatest: 0 },
};

let world: FunctionWorld;
beforeEach(() => {
  world = new FunctionWorld();
});
afterEach(() => world.end());

type Invoke = ConstructorParameters<typeof MappingDriver>[0]["invoke"];
const NOTHING: Invoke = () => Promise.reject(new Error("nothing is to be delivered"));

async function started(
  clock: Clock,
  answers = ANSWERS,
  invoke = NOTHING,
): Promise<{ driver: MappingDriver; calls: string[] }> {
  const calls: string[] = [];
  const call = async (_principal: unknown, _service: string, operation: string) => {
    calls.push(operation);
    return answers[operation];
  };
  const driver = new MappingDriver({
    uuid: "u",
    settings: readMappingSettings("m", { eventSourceArn: STREAM, functionName: "f", startingPosition: "TRIM_HORIZON" }),
    cloud: { ...world.cloud, clock, call },
    principal: roleOf(ROLE),
    source: { streamArn: STREAM, roleArn: ROLE, region: "us-east-1" },
    functionArn: "arn:aws:lambda:us-east-1:123456789012:function:f",
    invoke,
  });
  driver.start();
  await settle();
  return { driver, calls };
}

test("a mapping lists the shards and reads each once, then waits for news", async () => {
  const { calls } = await started(new HeldClock());
  expect(calls).toEqual(["ListShards", "GetShardIterator", "GetRecords"]);
});

test("a hundred pieces of news of one moment lead to one read", async () => {
  const clock = new HeldClock();
  const { driver, calls } = await started(clock);
  calls.splice(0);
  for (let news = 0; news < 100; news++) driver.notice("shardId-000000000000");
  expect(calls).toEqual([]);
  await clock.letGo();
  expect(calls).toEqual(["GetRecords"]);
  driver.notice();
  await clock.letGo();
  expect(calls).toEqual(["GetRecords", "GetRecords"]);
});

test("a mapping that is stopped reads no more, and a drain under way ends", async () => {
  const clock = new HeldClock();
  const { driver, calls } = await started(clock);
  calls.splice(0);
  driver.notice();
  driver.stop();
  await clock.letGo();
  driver.notice();
  await driver.drain();
  expect(calls).toEqual([]);
});

test("delivered bytes are those of payloads that the function has returned for", async () => {
  const record = (SequenceNumber: string, Data: string) => ({
    SequenceNumber,
    Data: Buffer.from(Data).toString("base64"),
    PartitionKey: "k",
    ApproximateArrivalTimestamp: 0,
  });
  const Records = [record("1", "abc"), record("2", "defgh")];
  const answers: Record<string, unknown> = {
    ...ANSWERS,
    GetRecords: { Records, NextShardIterator: "i", MillisBehindLatest: 0 },
  };
  let end: (result: Awaited<ReturnType<Invoke>>) => void = () => undefined;
  const invoke: Invoke = () =>
    new Promise((resolve) => {
      answers.GetRecords = ANSWERS.GetRecords;
      end = resolve;
    });
  const { driver } = await started(new HeldClock(), answers, invoke);
  expect(driver.deliveredBytes).toBe(0);
  const drained = driver.drain();
  await settle();
  expect(driver.deliveredBytes).toBe(0);
  end({ requestId: "r", payload: '{"batchItemFailures":[]}' } as Awaited<ReturnType<Invoke>>);
  await drained;
  expect(driver.deliveredBytes).toBe(8);
});
