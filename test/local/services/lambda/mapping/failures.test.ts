/** What the mapping does about batches that fail: retries, splits, age, giving up. */
import { nextWake } from "../../../../../local/services/lambda/mapping/stepMapping";
import { Scenario } from "../../../support/mapping/scenario";

function failing(config: ConstructorParameters<typeof Scenario>[0], ...records: string[]): Scenario {
  const scenario = Scenario.reading(config).records(records);
  scenario.commands();
  return scenario;
}

test("a failed batch is delivered again whole, after a back-off that doubles", () => {
  const scenario = failing({}, "5", "6").error(1);
  expect(nextWake(scenario.mapping, scenario.config, scenario.now)).toBe(250);
  expect(scenario.at(249).asked()).toEqual([]);
  expect(scenario.at(250).asked()).toEqual(["invoke 2: 5,6"]);
  scenario.error(2);
  expect(nextWake(scenario.mapping, scenario.config, scenario.now)).toBe(750);
});

test("retries end after the number that is configured, not counting the first attempt", () => {
  const scenario = failing({ retryAttempts: 1 }, "5", "6").error(1).at(1_000);
  expect(scenario.asked()).toEqual(["invoke 2: 5,6"]);
  expect(scenario.error(2).asked()).toEqual(["giveUp 3: 5,6 RetryAttemptsExhausted"]);
});

test("the shard goes on when the batch that was given up has reached its destination, not before", () => {
  const scenario = failing({ retryAttempts: 0, batchSize: 1 }, "5", "6").error(1);
  expect(scenario.asked()).toEqual(["giveUp 2: 5 RetryAttemptsExhausted"]);
  expect(scenario.at(1_000_000).asked()).toEqual([]);
  expect(scenario.input({ type: "delivered", shard: "s", batch: 2 }).asked()).toEqual(["invoke 3: 6"]);
});

test("a partial response delivers again from its checkpoint, and uses up a retry", () => {
  const scenario = failing({ retryAttempts: 1 }, "5", "6", "7").respond(1, "7", "6");
  expect(scenario.at(250).asked()).toEqual(["invoke 2: 6,7"]);
  expect(scenario.respond(2, "7").asked()).toEqual(["giveUp 3: 7 RetryAttemptsExhausted"]);
});

test("a response without the report setting is success whatever it says", () => {
  const scenario = failing({ reportsItemFailures: false, batchSize: 2 }, "5", "6", "7").respond(1, "5");
  expect(scenario.asked()).toEqual(["invoke 2: 7"]);
});

test("with bisect, a failed batch is split in halves, in order, without using up retries", () => {
  const scenario = failing({ bisect: true, retryAttempts: 0 }, "5", "6", "7").error(1);
  expect(scenario.asked()).toEqual(["invoke 2: 5,6"]);
  expect(scenario.error(2).asked()).toEqual(["invoke 4: 5"]);
  expect(scenario.respond(4).asked()).toEqual(["invoke 5: 6"]);
  expect(scenario.error(5).asked()).toEqual(["giveUp 6: 6 RetryAttemptsExhausted"]);
  expect(scenario.input({ type: "delivered", shard: "s", batch: 6 }).asked()).toEqual(["invoke 3: 7"]);
});

test("with bisect, a partial response splits at the returned number, without using up retries", () => {
  const scenario = failing({ bisect: true, retryAttempts: 0 }, "5", "6", "7", "8").respond(1, "7");
  expect(scenario.asked()).toEqual(["invoke 2: 7,8"]);
});

test("with bisect, a partial response that returns the first number splits in halves", () => {
  const scenario = failing({ bisect: true, retryAttempts: 0 }, "5", "6", "7", "8").respond(1, "5");
  expect(scenario.asked()).toEqual(["invoke 2: 5,6"]);
});

test("a throttled invocation waits and does not count as an attempt", () => {
  const scenario = failing({ retryAttempts: 0 }, "5");
  scenario.result(1, { kind: "throttled" });
  expect(scenario.at(250).asked()).toEqual(["invoke 1: 5"]);
  scenario.result(1, { kind: "throttled" });
  expect(scenario.at(750).asked()).toEqual(["invoke 1: 5"]);
  scenario.error(1);
  const [command] = scenario.commands();
  expect(command).toMatchObject({ type: "giveUp", batch: { invocations: 1 } });
});

test("records past the maximum age are given up before they are delivered, younger ones go on", () => {
  const scenario = Scenario.reading({ maxRecordAgeMillis: 60_000 });
  scenario.now = 60_000;
  const record = { partitionKey: "a", data: "", eventBytes: 300 };
  scenario.input({
    type: "records",
    shard: "s",
    records: [
      { ...record, sequenceNumber: "5", arrivedMillis: 0 },
      { ...record, sequenceNumber: "6", arrivedMillis: 1 },
    ],
    nextIterator: "i-2",
    caughtUp: true,
  });
  expect(scenario.asked()).toEqual(["giveUp 1: 5 RecordAgeExceeded"]);
  expect(scenario.input({ type: "delivered", shard: "s", batch: 1 }).asked()).toEqual(["invoke 2: 6"]);
});

test("a batch that fails until it is too old is given up for its age", () => {
  const scenario = failing({ maxRecordAgeMillis: 1_000 }, "5").error(1).at(250).error(2).at(2_000);
  expect(scenario.asked()).toEqual(["invoke 2: 5", "giveUp 3: 5 RecordAgeExceeded"]);
});

test("while draining, retries that end by themselves do not wait", () => {
  const scenario = failing({ retryAttempts: 1 }, "5").input({ type: "drain", on: true }).error(1);
  expect(scenario.asked()).toEqual(["invoke 2: 5"]);
  expect(scenario.error(2).asked()).toEqual(["giveUp 3: 5 RetryAttemptsExhausted"]);
});

test("retries without end keep their back-off while draining", () => {
  const scenario = failing({ retryAttempts: -1 }, "5").input({ type: "drain", on: true }).error(1);
  expect(scenario.asked()).toEqual([]);
  expect(scenario.at(250).asked()).toEqual(["invoke 2: 5"]);
});

test("a batch that was given up says how often and how it was called", () => {
  const scenario = failing({ retryAttempts: 1 }, "5").error(1).at(250).respond(2, "5");
  const giveUp = scenario.commands().find((command) => command.type === "giveUp");
  expect(giveUp?.batch).toMatchObject({
    invocations: 2,
    last: { requestId: "r", functionError: null, reason: "the function's response reported it" },
  });
});
