/** The event source mapping step by step: batches, windows, reading, shards. */
import { checkpointsOf, isDrained, nextWake } from "../../../../../local/services/lambda/mapping/stepMapping";
import { CONFIG, Scenario } from "../../../support/mapping/scenario";

test("a shard is read from the starting position", () => {
  const scenario = new Scenario({ startingPosition: { type: "AT_TIMESTAMP", timestamp: 5 } });
  scenario.input({ type: "shards", shards: [{ id: "s", parents: [] }] });
  expect(scenario.asked()).toEqual(['getIterator s {"type":"AT_TIMESTAMP","timestamp":5}']);
  expect(scenario.input({ type: "iterator", shard: "s", iterator: "i-1" }).asked()).toEqual(["read i-1"]);
});

test("without a window a batch goes as soon as there are records", () => {
  expect(Scenario.reading().records(["5", "6"]).asked()).toEqual(["invoke 1: 5,6"]);
});

test("a batch waits for its window, counted from its first record", () => {
  const scenario = Scenario.reading({ windowMillis: 60_000 });
  scenario.now = 1_000;
  expect(scenario.records(["5"]).asked()).toEqual([]);
  expect(nextWake(scenario.mapping, scenario.config, scenario.now)).toBe(61_000);
  scenario.now = 30_000;
  scenario.input({ type: "news", shard: "s" });
  expect(scenario.records(["6"]).asked()).toEqual(["read i-2"]);
  expect(scenario.at(60_999).asked()).toEqual([]);
  expect(scenario.at(61_000).asked()).toEqual(["invoke 1: 5,6"]);
});

test("a full batch does not wait for its window, and what is over waits for the next", () => {
  const scenario = Scenario.reading({ windowMillis: 60_000, batchSize: 2 });
  expect(scenario.records(["5", "6", "7"]).asked()).toEqual(["invoke 1: 5,6"]);
  expect(scenario.respond(1).asked()).toEqual([]);
  expect(scenario.at(60_000).asked()).toEqual(["invoke 2: 7"]);
});

test("an event is full at 6 MB of its JSON, frame and commas included", () => {
  const half = (6 * 1024 * 1024 - 13) / 2;
  const fitting = Scenario.reading({ windowMillis: 60_000 }).records(["5", "6"], { eventBytes: Math.floor(half) });
  expect(fitting.at(60_000).asked()).toEqual(["invoke 1: 5,6"]);
  const over = Scenario.reading({ windowMillis: 60_000 }).records(["5", "6"], { eventBytes: Math.floor(half) + 1 });
  expect(over.asked()).toEqual(["invoke 1: 5"]);
});

test("a record too large for any event is given up without an invocation", () => {
  const scenario = Scenario.reading().records(["5", "6"], { eventBytes: 6 * 1024 * 1024 });
  expect(scenario.asked()).toEqual(["giveUp 1: 5 PayloadSizeExceeded"]);
});

test("batches of a shard go one after the other", () => {
  const scenario = Scenario.reading({ batchSize: 1 }).records(["5", "6"]);
  expect(scenario.asked()).toEqual(["invoke 1: 5"]);
  expect(scenario.respond(1).asked()).toEqual(["invoke 2: 6"]);
});

test("with parallelization, batches of one shard go side by side, those of one stream partition key one after the other", () => {
  const scenario = Scenario.reading({ batchSize: 1, parallelizationFactor: 2 });
  expect(scenario.records(["a:5", "a:6", "b:7", "b:8"]).asked()).toEqual(["invoke 1: 5", "invoke 2: 7"]);
  expect(scenario.respond(2).asked()).toEqual(["invoke 3: 8"]);
  expect(scenario.respond(1).asked()).toEqual(["invoke 4: 6"]);
});

test("the checkpoint is the lowest record that is not finished, whatever the lanes after it have done", () => {
  const scenario = Scenario.reading({ batchSize: 1, parallelizationFactor: 2 }).records(["a:5", "b:17", "b:18"]);
  scenario.respond(2).respond(3);
  expect(checkpointsOf(scenario.mapping)).toEqual(
    new Map([["s", { type: "AT_SEQUENCE_NUMBER", sequenceNumber: "5" }]]),
  );
  scenario.respond(1);
  expect(checkpointsOf(scenario.mapping)).toEqual(
    new Map([["s", { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: "18" }]]),
  );
});

test("an expired iterator is replaced by one at the same place", () => {
  const scenario = Scenario.reading().records(["5", "6"]);
  scenario.commands();
  scenario.input({ type: "news" });
  scenario.input({ type: "iteratorExpired", shard: "s" });
  expect(scenario.asked()).toEqual(["read i-2", 'getIterator s {"type":"AFTER_SEQUENCE_NUMBER","sequenceNumber":"6"}']);
});

test("a shard that is read to its end is read again on news only", () => {
  const scenario = Scenario.reading().records([]);
  expect(scenario.at(1_000_000).asked()).toEqual([]);
  expect(scenario.input({ type: "news", shard: "s" }).asked()).toEqual(["read i-2"]);
});

test("news during a read lead to another one", () => {
  const scenario = Scenario.reading().input({ type: "news", shard: "s" });
  expect(scenario.asked()).toEqual([]);
  expect(scenario.records([]).asked()).toEqual(["read i-2"]);
});

test("a read that failed is tried again after a back-off", () => {
  const scenario = Scenario.reading().input({ type: "readFailed", shard: "s" });
  expect(nextWake(scenario.mapping, CONFIG, 0)).toBe(250);
  expect(scenario.at(249).asked()).toEqual([]);
  expect(scenario.at(250).asked()).toEqual(["read i-1"]);
});

test.each(["readFailed", "iteratorExpired"] as const)(
  "news is not forgotten when the read it led to ends in %s",
  (type) => {
    const scenario = Scenario.reading().records([]).input({ type: "news" }).input({ type, shard: "s" });
    expect(isDrained(scenario.mapping)).toBe(false);
    if (type === "iteratorExpired") scenario.input({ type: "iterator", shard: "s", iterator: "i-2" });
    scenario.commands();
    expect(scenario.at(250).asked()).toEqual(type === "readFailed" ? ["read i-2"] : []);
  },
);

test("reading pauses while two events' worth of records are held, and a batch then goes without its window", () => {
  const scenario = Scenario.reading({ windowMillis: 60_000, batchSize: 10_000, parallelizationFactor: 2 });
  const many = Array.from({ length: 41_944 }, (_, index) => `${index % 2 ? "a" : "b"}:${index + 1_000}`);
  scenario.records(many);
  scenario.input({ type: "news" });
  const batches = scenario
    .commands()
    .map((command) => (command.type === "invoke" ? command.batch.records.length : command));
  expect(batches).toEqual([10_000, 10_000]);
  expect(
    scenario
      .respond(1)
      .asked()
      .filter((asked) => asked.startsWith("read")),
  ).toEqual(["read i-2"]);
});

test("children of a shard start when every record of their parents is seen through", () => {
  const scenario = Scenario.reading().records(["5"], { nextIterator: null });
  expect(scenario.asked()).toEqual(["invoke 1: 5", "listShards"].reverse());
  scenario.input({
    type: "shards",
    shards: [
      { id: "child", parents: ["s"] },
      { id: "s", parents: [] },
    ],
  });
  expect(scenario.asked()).toEqual([]);
  expect(scenario.respond(1).asked()).toEqual(['getIterator child {"type":"TRIM_HORIZON"}']);
});

test("a child is read from its beginning even when the mapping started at LATEST", () => {
  const scenario = Scenario.reading({ startingPosition: { type: "LATEST" } }).records([], { nextIterator: null });
  scenario.commands();
  scenario.input({ type: "shards", shards: [{ id: "child", parents: ["s"] }] });
  expect(scenario.asked()).toEqual(['getIterator child {"type":"TRIM_HORIZON"}']);
});

test("draining sends what waits for its window, and is done when nothing is under way", () => {
  const scenario = Scenario.reading({ windowMillis: 60_000 }).records(["5"]);
  expect(scenario.input({ type: "drain", on: true }).asked()).toEqual(["invoke 1: 5"]);
  expect(isDrained(scenario.mapping)).toBe(false);
  expect(isDrained(scenario.respond(1).mapping)).toBe(true);
});

test("a mapping whose shards are not listed yet is not drained", () => {
  expect(isDrained(new Scenario().mapping)).toBe(false);
});

test("an answer about a batch that is not under way changes nothing", () => {
  const scenario = Scenario.reading().records(["5"]);
  scenario.commands();
  expect(scenario.respond(99).asked()).toEqual([]);
  expect(isDrained(scenario.mapping)).toBe(false);
});
