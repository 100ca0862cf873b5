import { addNumbers, numberOfText, storedNumber } from "../../../lake/serving/numbers";

test.each<[number | bigint, number | bigint, number | bigint]>([
  [1, 2, 3],
  [0.1, 0.2, 0.3],
  [10.1, 20.2, 30.3],
  [1, -1, 0],
  [0.5, -0.5, 0],
  [-0.1, 0.1, 0],
  [Number.MAX_SAFE_INTEGER, 1, 9007199254740992n],
  [9007199254740993n, -2, 9007199254740991],
  [9007199254740993n, 9007199254740993n, 18014398509481986n],
  [1e21, 1, 1000000000000000000001n],
  [9007199254740993n, 0.5, 9007199254740994],
])("%p + %p is %p", (left, right, sum) => {
  expect(addNumbers(left, right)).toBe(sum);
  expect(addNumbers(right, left)).toBe(sum);
});

test.each<[string, number | bigint | undefined]>([
  ["12.50", 12.5],
  ["-3", -3],
  ["+.5", 0.5],
  ["1e3", 1000],
  ["1E+40", 10n ** 40n],
  ["9007199254740993", 9007199254740993n],
  ["-0", 0],
  ["", undefined],
  [".", undefined],
  ["1,5", undefined],
  ["0x10", undefined],
  ["NaN", undefined],
  ["1e99999", undefined],
])("the text %p is %p", (text, number) => {
  expect(numberOfText(text)).toBe(number);
});

test.each<[number | bigint, number | bigint]>([
  [1.5, 1.5],
  [-0, 0],
  [2 ** 53, 9007199254740992n],
  [1e21, 10n ** 21n],
  [5n, 5n],
  [1e-129, 1e-129],
])("%p is stored as %p, which is what comes back", (value, stored) => {
  expect(storedNumber(value, "n")).toBe(stored === 5n ? 5 : stored);
  expect(numberOfText(String(storedNumber(value, "n")))).toBe(stored === 5n ? 5 : stored);
});

test.each<[number | bigint, string]>([
  [Number.NaN, "value: n is NaN"],
  [Number.POSITIVE_INFINITY, "value: n is Infinity"],
  [1e126, "value: n has 1 digits and magnitude 126, beyond DynamoDB's"],
  [1e-131, "value: n has 1 digits and magnitude -131, beyond DynamoDB's"],
  [BigInt("1".repeat(39)), "value: n has 39 digits and magnitude 38, beyond DynamoDB's"],
])("%p cannot be stored", (value, problem) => {
  expect(() => storedNumber(value, "n")).toThrow(problem);
});
