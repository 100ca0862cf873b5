/** Records are put until they are taken: only refused ones again, with back-off, within the time that is left. */
import { putAll } from "../../../functions/parts/putAll";
import { type Fault, faultyStream, kinesisError, START } from "../support/faultyStream";

const THROTTLED = "ProvisionedThroughputExceededException";
const records = (count: number, bytes = 1) =>
  Array.from({ length: count }, (_, index) => ({
    payload: Buffer.from(String(index).padStart(bytes, "0")),
    partitionKey: "k",
  }));
const at = (sequenceNumber: string) => ({ shardId: "shardId-000000000000", sequenceNumber });

test("refused records alone are sent again, and each result is that of its record", async () => {
  const faults: Fault[] = [{ 0: THROTTLED, 2: "InternalFailure" }, { 1: THROTTLED }];
  const faulty = faultyStream((call) => faults[call]);
  const put = await putAll(records(4), START + 20_000, faulty);
  expect(faulty.calls).toEqual([["0", "1", "2", "3"], ["0", "2"], ["2"]]);
  expect(put).toEqual({ results: [at("3"), at("1"), at("4"), at("2")], isLasting: false });
  expect(faulty.waits).toEqual([25, 50]);
});

test.each([
  ["throttling of the call", kinesisError(THROTTLED, 400)],
  ["a limit", kinesisError("LimitExceededException", 400)],
  ["throttling by KMS", kinesisError("KMSThrottlingException", 400)],
  ["an error of the service", kinesisError("InternalFailure", 500)],
  ["a lost connection", kinesisError("ECONNRESET")],
  ["a time-out", kinesisError("TimeoutError")],
])("%s is tried again", async (_name, error) => {
  const faulty = faultyStream((call) => (call < 2 ? error : undefined));
  expect((await putAll(records(2), START + 20_000, faulty)).results).toEqual([at("1"), at("2")]);
  expect(faulty.calls).toHaveLength(3);
});

test.each(["AccessDeniedException", "ResourceNotFoundException", "KMSDisabledException", "ValidationException"])(
  "%s ends all calls, because no attempt passes it",
  async (name) => {
    const faulty = faultyStream((call) => (call === 0 ? undefined : kinesisError(name, 400)));
    const { results, isLasting } = await putAll(records(5000), START + 20_000, faulty);
    expect(isLasting).toBe(true);
    expect(results.filter((result) => "refusal" in result && result.refusal === name)).toHaveLength(4500);
    expect(faulty.calls).toHaveLength(4);
    expect(faulty.waits).toEqual([]);
  },
);

test("without time left, records keep their last refusal, and no call outlasts the deadline", async () => {
  const faulty = faultyStream(() => ({ 0: THROTTLED }), 3000);
  const { results, isLasting } = await putAll(records(2), START + 10_000, faulty);
  expect(results).toEqual([{ refusal: THROTTLED }, at("1")]);
  expect(isLasting).toBe(false);
  expect(faulty.calls).toEqual([["0", "1"], ["0"], ["0"], ["0"]]);
  expect(faulty.timeouts).toEqual([5000, 5000, 3925, 825]);
  expect(faulty.now()).toBeLessThan(START + 13_000);
});

test("a deadline that has passed sends nothing", async () => {
  const faulty = faultyStream(() => undefined);
  const { results } = await putAll(records(1), START, faulty);
  expect(results).toEqual([{ refusal: "TimeoutError" }]);
  expect(faulty.calls).toEqual([]);
});

test("calls hold 500 records and 5 MiB, stream partition keys included", async () => {
  const sizes = async (count: number, bytes: number) => {
    const faulty = faultyStream(() => undefined);
    await putAll(records(count, bytes), START + 20_000, faulty);
    return faulty.calls.map((call) => call.length);
  };
  expect(await sizes(1001, 1)).toEqual([500, 500, 1]);
  expect(await sizes(11, 1024 * 1024 - 1)).toEqual([5, 5, 1]);
  expect(await sizes(6, 1024 * 1024)).toEqual([4, 2]);
});

test("seeded faults: every record is taken once, and in no call after it was taken", async () => {
  let state = 42;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const faulty = faultyStream((_call, size) => {
    if (random() < 0.2) return kinesisError("ServiceUnavailable", 503);
    return Object.fromEntries(
      Array.from({ length: size }, (_, index) => [index, THROTTLED] as const).filter(() => random() < 0.3),
    );
  });
  const { results } = await putAll(records(3000), START + 10_000_000, faulty);
  expect(results.every((result) => "sequenceNumber" in result)).toBe(true);
  expect([...faulty.taken].sort()).toEqual(
    records(3000)
      .map(({ payload }) => payload.toString())
      .sort(),
  );
  expect(new Set(faulty.taken).size).toBe(3000);
  for (const [index, result] of results.entries()) {
    expect(faulty.taken[Number((result as { sequenceNumber: string }).sequenceNumber) - 1]).toBe(String(index));
  }
});
