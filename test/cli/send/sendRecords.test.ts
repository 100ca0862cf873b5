import { groups } from "../../../cli/send/groups";
import type { OutgoingRecord } from "../../../cli/send/outgoingRecord";
import type { PutRecords } from "../../../cli/send/putGroup";
import { type Sent, sendRecords } from "../../../cli/send/sendRecords";

const record = (text: string, partitionKey = "k"): OutgoingRecord => ({
  payload: Buffer.from(text),
  partitionKey,
  made: { format: "json" },
});

async function* grouped(...given: OutgoingRecord[][]) {
  yield* given;
}

/** A clock whose sleeps take no time and are written down. */
function fakeClock() {
  const slept: number[] = [];
  return { slept, now: () => 0, sleep: async (millis: number) => void slept.push(millis) };
}

const options = (clock = fakeClock()) => ({
  clock,
  random: () => 0.5,
  maxAttempts: 4,
  callsUnderWay: 1,
  signal: new AbortController().signal,
});

/** Answers call after call with the records that it refuses, by index, and keeps what it was given. */
function fakeStream(...refusals: number[][]): { put: PutRecords; calls: string[][] } {
  const calls: string[][] = [];
  return {
    calls,
    put: async (records) => {
      const refused = refusals[calls.length] ?? [];
      calls.push(records.map(({ Data }) => Buffer.from(Data).toString()));
      return {
        Records: records.map((_, index) =>
          refused.includes(index)
            ? { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "Rate exceeded" }
            : { SequenceNumber: String(index) },
        ),
      };
    },
  };
}

test("only refused records go again, after a back-off that doubles", async () => {
  const { put, calls } = fakeStream([1, 3], [0]);
  const clock = fakeClock();
  const sent = await sendRecords(grouped(["a", "b", "c", "d"].map((one) => record(one))), put, options(clock));
  expect(calls).toEqual([["a", "b", "c", "d"], ["b", "d"], ["b"]]);
  expect(clock.slept).toEqual([50, 100]);
  expect(sent).toEqual({ records: 4, byFormat: { json: 4 }, malformed: 0, bytes: 4, redriven: 3 });
});

test("a record that is refused every time ends the sending with counts", async () => {
  const { put, calls } = fakeStream([], [1], [0], [0], [0]);
  const sending = sendRecords(grouped([record("a")], [record("b"), record("c")]), put, options());
  await expect(sending).rejects.toThrow(
    "sending stopped after 1 records: 1 of 2 records of a PutRecords call were refused 4 times, " +
      "the last time with ProvisionedThroughputExceededException: Rate exceeded",
  );
  expect(calls).toEqual([["a"], ["b", "c"], ["c"], ["c"], ["c"]]);
});

test("an answer that leaves records out is not taken for success", async () => {
  const put: PutRecords = async () => ({ Records: [{}] });
  await expect(sendRecords(grouped([record("a"), record("b")]), put, options())).rejects.toThrow(
    "sending stopped after 0 records: PutRecords returned results for 1 of 2 records",
  );
});

test("a call that fails as a whole ends the sending, and no further group is taken", async () => {
  let taken = 0;
  async function* source() {
    for (; taken < 10; taken++) yield [record("a")];
  }
  const put: PutRecords = async () => {
    throw new Error("ResourceNotFoundException");
  };
  await expect(sendRecords(source(), put, options())).rejects.toThrow(
    "sending stopped after 0 records: ResourceNotFoundException",
  );
  expect(taken).toBeLessThan(3);
});

test("at most so many calls are under way, and groups are taken only as calls end", async () => {
  let underWay = 0;
  let most = 0;
  const put: PutRecords = async (records) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    return { Records: records.map(() => ({})) };
  };
  const many = Array.from({ length: 20 }, (_, index) => [record(String(index))]);
  const sent = await sendRecords(grouped(...many), put, { ...options(), callsUnderWay: 3 });
  expect([sent.records, most]).toEqual([20, 3]);
});

test("malformed records are counted apart from the formats, and progress is told call by call", async () => {
  const seen: number[] = [];
  const onProgress = (sent: Readonly<Sent>) => void seen.push(sent.records);
  const malformed: OutgoingRecord = {
    payload: Buffer.from("{"),
    partitionKey: "k",
    made: { malformed: "truncatedJson" },
  };
  const sent = await sendRecords(grouped([record("a"), malformed], [record("b")]), fakeStream().put, {
    ...options(),
    onProgress,
  });
  expect(sent).toMatchObject({ records: 3, byFormat: { json: 2 }, malformed: 1 });
  expect(seen).toEqual([2, 3]);
});

test("an aborted signal ends the sending", async () => {
  const interrupt = new AbortController();
  const put: PutRecords = async (records) => {
    interrupt.abort(new Error("stop"));
    return { Records: records.map(() => ({})) };
  };
  const sending = sendRecords(grouped([record("a")], [record("b")]), put, { ...options(), signal: interrupt.signal });
  await expect(sending).rejects.toThrow("stop");
});

describe("groups hold", () => {
  const sizes = async (records: OutgoingRecord[], limits?: { records: number; bytes: number }) => {
    const found: number[] = [];
    for await (const group of groups(records, limits)) found.push(group.length);
    return found;
  };

  test("at most 500 records", async () => {
    expect(await sizes(Array.from({ length: 1001 }, () => record("a")))).toEqual([500, 500, 1]);
  });

  test("at most 5 MiB with the stream partition keys, and a larger record alone", async () => {
    const mebibyte = 1024 * 1024;
    const sized = (bytes: number) => record("x".repeat(bytes - 1));
    expect(await sizes(Array.from({ length: 6 }, () => sized(mebibyte)))).toEqual([5, 1]);
    expect(await sizes(Array.from({ length: 5 }, () => sized(mebibyte + 1)))).toEqual([4, 1]);
    expect(await sizes([sized(10), sized(6 * mebibyte), sized(10)])).toEqual([1, 1, 1]);
  });

  test("nothing where there are no records", async () => {
    expect(await sizes([])).toEqual([]);
  });
});
