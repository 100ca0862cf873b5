/** The second pass of a delivery stream finds the records that its function fails on, whatever batch they are in. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deliveryPass } from "../../../../local/ledger/sinks/deliveryPass";

const work = mkdtempSync(path.join(tmpdir(), "delivery-pass-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Event {
  readonly records: readonly {
    readonly recordId: string;
    readonly data: string;
    readonly kinesisRecordMetadata: object;
  }[];
}

/** @param answerOf the answer to the texts of an event's records, or the result of each; undefined fails the invocation */
async function passed(texts: readonly string[], answerOf: (texts: string[]) => unknown) {
  const line = (text: string, index: number) =>
    `${JSON.stringify({ SequenceNumber: String(index), ApproximateArrivalTimestamp: 1, PartitionKey: "k", Data: Buffer.from(text).toString("base64") })}\n`;
  const log = path.join(work, "log.ndjson");
  writeFileSync(log, texts.map(line).join(""));
  let invocations = 0;
  const invoke = async (event: Uint8Array) => {
    invocations++;
    const { records } = JSON.parse(Buffer.from(event).toString()) as Event;
    const answer = answerOf(records.map(({ data }) => Buffer.from(data, "base64").toString()));
    if (answer === undefined) throw new Error("the function failed");
    const results = Array.isArray(answer) ? answer : records.map(() => "Dropped");
    return answer === null ? null : { records: records.map(({ recordId }, n) => ({ recordId, result: results[n] })) };
  };
  const results: string[] = [];
  for await (const some of deliveryPass({ invoke }, [{ shard: "shardId-0", path: log }], "arn")) {
    results.push(...some.map(({ position, result }) => `${position.split("/")[1]} ${result}`));
  }
  return { results, invocations };
}

test.each<[string, unknown]>([
  ["an invocation that fails", undefined],
  ["an answer without records", null],
])("of %s, the records that fail alone are those that are not transformed", async (_name, answer) => {
  const { results } = await passed(["a", "bad", "c", "d", "bad"], (texts) => (texts.includes("bad") ? answer : {}));
  expect(results).toEqual(["0 Dropped", "1 ProcessingFailed", "2 Dropped", "3 Dropped", "4 ProcessingFailed"]);
});

/** Refuses what does not fit behind the records before it: each number is a size, and 10 is there for all of an event. */
function fitted(texts: readonly string[]): string[] {
  let left = 10;
  return texts.map((text) => {
    const size = Number(text);
    if (!(size <= left)) return "ProcessingFailed";
    left -= size;
    return "Dropped";
  });
}

/** Refuses all records behind one that fills the event alone, and this one too. */
function filled(texts: readonly string[]): string[] {
  const full = texts.indexOf("full");
  return texts.map((_, n) => (full >= 0 && n >= full ? "ProcessingFailed" : "Dropped"));
}

test("a record that is refused only because of those before it in its batch is not refused", async () => {
  const { results, invocations } = await passed(["6", "bad", "7", "11", "5", "4"], fitted);
  expect(results).toEqual([
    "0 Dropped",
    "1 ProcessingFailed",
    "2 Dropped",
    "3 ProcessingFailed",
    "4 Dropped",
    "5 Dropped",
  ]);
  expect(invocations).toBeLessThanOrEqual(5);
  const behind = await passed(["a", "full", "b", "c"], filled);
  expect(behind.results).toEqual(["0 Dropped", "1 ProcessingFailed", "2 Dropped", "3 Dropped"]);
});

test("records that are refused whatever is before them cost two more invocations for a batch", async () => {
  const { results, invocations } = await passed(["1", ...Array.from({ length: 500 }, () => "bad")], fitted);
  expect(results.filter((each) => each.endsWith(" ProcessingFailed"))).toHaveLength(500);
  expect(invocations).toBe(3);
});

test("a function that always fails is not asked for each record alone", async () => {
  const { results, invocations } = await passed(Array.from({ length: 1000 }, String), () => undefined);
  const count = (result: string) => results.filter((each) => each.endsWith(` ${result}`)).length;
  // Nothing is found out about the others.
  expect([count("ProcessingFailed"), count("Unknown")]).toEqual([50, 950]);
  expect(invocations).toBeLessThan(150);
});
