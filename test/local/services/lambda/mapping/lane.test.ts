/** Lanes by stream partition key, and what redelivery makes of a lane's batches. */
import fc from "fast-check";
import { laneOf } from "../../../../../local/services/lambda/mapping/lane";
import { checkpointsOf, isDrained } from "../../../../../local/services/lambda/mapping/stepMapping";
import { Scenario } from "../../../support/mapping/scenario";

test("every key has one lane among those there are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 10 }), (key, lanes) => {
      expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].slice(0, lanes)).toContain(laneOf(key, lanes));
    }),
  );
});

test("keys that differ in a digit spread over all lanes", () => {
  const lanes = new Set(Array.from({ length: 100 }, (_, index) => laneOf(`u-${index}`, 10)));
  expect([...lanes].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

describe("with redelivery", () => {
  /** The seed with which the second batch is not cut shorter. */
  const WHOLE = 7;

  /** Each delivery of records 1 to 9 in batches of at most four, of a function that never fails. */
  function deliveries(redeliverySeed: number): string[][] {
    const scenario = Scenario.reading({ batchSize: 4, redeliverySeed });
    scenario.records(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    const delivered: string[][] = [];
    for (;;) {
      const invoked = scenario.commands().find((command) => command.type === "invoke");
      if (!invoked) break;
      delivered.push(invoked.batch.records.map(({ sequenceNumber }) => sequenceNumber));
      scenario.respond(invoked.batch.id);
    }
    expect(isDrained(scenario.mapping)).toBe(true);
    return delivered;
  }

  test("every record is delivered twice, in order after a step back, and batches overlap with the next ones", () => {
    for (let seed = 0; seed < 200; seed++) {
      const batches = deliveries(seed);
      expect(batches.flat().sort()).toEqual([..."112233445566778899"]);
      let furthest = 0;
      for (const batch of batches) {
        const numbers = batch.map(Number);
        expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] as number) + index));
        expect(numbers[0]).toBeLessThanOrEqual(furthest + 1);
        furthest = Math.max(furthest, ...numbers);
      }
    }
    const overlaps = (batches: string[][]) =>
      batches.some((batch, index) => {
        const before = new Set(batches.slice(0, index).flat());
        return batch.some((number) => before.has(number)) && batch.some((number) => !before.has(number));
      });
    const all = Array.from({ length: 200 }, (_, seed) => deliveries(seed));
    expect(all.filter(overlaps).length).toBeGreaterThan(100);
    expect(all.filter((batches) => JSON.stringify(batches[0]) === JSON.stringify(batches[1])).length).toBeGreaterThan(
      50,
    );
  });

  test("the same seed cuts the same batches", () => {
    expect(deliveries(3)).toEqual(deliveries(3));
  });

  test("records are not past the checkpoint before they are delivered again, without another batch window", () => {
    const scenario = Scenario.reading({ windowMillis: 60_000, redeliverySeed: WHOLE }).records(["5", "6"]);
    expect(scenario.at(60_000).asked()).toEqual(["invoke 1: 5,6"]);
    scenario.respond(1);
    expect(checkpointsOf(scenario.mapping).get("s")).toEqual({ type: "AT_SEQUENCE_NUMBER", sequenceNumber: "5" });
    expect(scenario.asked()).toEqual(["invoke 3: 5,6"]);
    expect(scenario.respond(3).asked()).toEqual([]);
    expect(checkpointsOf(scenario.mapping).get("s")).toEqual({ type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: "6" });
  });

  test("the records before a reported failure are delivered again, then the failed ones", () => {
    const scenario = Scenario.reading({ redeliverySeed: WHOLE }).records(["5", "6", "7"]);
    scenario.commands();
    expect(scenario.respond(1, "7").asked()).toEqual(["invoke 3: 5,6"]);
    scenario.respond(3);
    expect(scenario.at(250).asked()).toEqual(["invoke 2: 7"]);
    expect(scenario.respond(2).asked()).toEqual(["invoke 5: 7"]);
    expect(scenario.respond(5).asked()).toEqual([]);
  });
});
