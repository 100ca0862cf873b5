/** Lanes by stream partition key. */
import fc from "fast-check";
import { laneOf } from "../../../../../local/services/lambda/mapping/lane";

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
