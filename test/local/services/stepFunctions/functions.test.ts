/** The functions that Step Functions adds to JSONata. */
import { run } from "../../support/machine";

async function value(expression: string, random?: () => number) {
  const { end } = await run({ A: { Type: "Pass", Output: `{% ${expression} %}`, End: true } }, { random });
  return end.status === "SUCCEEDED" ? end.output : `${end.error}: ${end.cause}`;
}

test.each([
  ["$partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]],
  ["$partition([], 2)", []],
  ["$range(0, 10, 5)", [0, 5, 10]],
  ["$range(3, 1, -1)", [3, 2, 1]],
  ["$range(1, 0, 1)", []],
  ["$hash('hello', 'SHA-256')", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"],
  ["$hash('hello', 'MD5')", "5d41402abc4b2a76b9719d911017c592"],
  ["$parse('{\"a\":[1]}').a[0]", 1],
  ["$fromMillis($toMillis('2026-11-20T11:10:00Z') - 3600000)", "2026-11-20T10:10:00.000Z"],
  ["[1, 2, 3][$ > 1]", [2, 3]],
  ["$append([], [])", []],
  ["null", null],
])("%s", async (expression, expected) => {
  expect(await value(expression)).toEqual(expected);
});

test("random numbers and uuids come from the run's random numbers", async () => {
  expect(await value("$random()", () => 0.25)).toBe(0.25);
  expect(await value("$uuid()", () => 0.5)).toBe("88888888-8888-4888-8888-888888888888");
});

test.each([
  ["$range(0, 1000, 1)", "$range would return 1001 numbers; the maximum is 1000"],
  ["$range(0, 1, 0)", "the step of $range must not be 0"],
  ["$range(0, 1.5, 1)", "the arguments of $range must be three whole numbers"],
  ["$partition('text', 2)", "the first argument of $partition must be an array"],
  ["$partition([1], 0)", "the second argument of $partition must be a whole number of at least 1"],
  ["$hash('a', 'CRC32')", "the algorithm of $hash must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"],
  ["$parse(1)", "the argument of $parse must be a string"],
  ["$random(7)", "$random with a seed is not simulated; see docs/fidelity.md"],
  ["$nothing()", "T1006: Attempted to invoke a non-function"],
  ["1 / 'a'", 'T2002: The right side of the "/" operator must evaluate to a number'],
  ["($f := function($n){ 1 + $f($n) }; $f(1))", "evaluation"],
])("%s fails with States.QueryEvaluationError", async (expression, words) => {
  const said = await value(expression);
  expect(said).toContain("States.QueryEvaluationError: ");
  expect(said).toContain(words);
});
