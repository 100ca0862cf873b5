/** Metric math over periods with missing data. */
import { evaluateMath, type Series } from "../../../../../local/services/cloudwatch/math/evaluateMath";
import { parseMath } from "../../../../../local/services/cloudwatch/math/parseMath";

const SERIES: Record<string, Series> = { m1: [1, undefined, 10], m2: [4, 5, 0], m3: [undefined, undefined, 7] };

function evaluate(expression: string): Series {
  return evaluateMath(parseMath(expression), { length: 3, seriesOf: (id) => SERIES[id] as Series });
}

test.each<[string, Series]>([
  ["m1 + m2", [5, undefined, 10]],
  ["m2 - 1 - 1", [2, 3, -2]],
  ["2 + m2 * 3 ^ 2", [38, 47, 2]],
  ["(2 + m2) * 3", [18, 21, 6]],
  ["-m2 / 2", [-2, -2.5, -0]],
  ["m1 / m2", [0.25, undefined, undefined]],
  ["m2 > 4", [0, 1, 0]],
  ["m2 >= 4 && m2 != 5", [1, 0, 0]],
  ["m2 == 0 || m2 <= 4", [1, 0, 1]],
  ["m2 < 4.5e0", [1, 0, 1]],
  ["SUM([m1, m2, m3])", [5, 5, 17]],
  ["AVG([m1, m2])", [2.5, 5, 5]],
  ["MIN([m1, m2])", [1, 5, 0]],
  ["MAX([m1, m3])", [1, undefined, 10]],
  ["FILL(m1, 0)", [1, 0, 10]],
  ["SUM([FILL(m1, 0), m2])", [5, 5, 10]],
  ["IF(m2 >= 4, m2, 0)", [4, 5, 0]],
  // The value that is not taken may be missing.
  ["IF(m2 == 0, m1, m2)", [4, 5, 10]],
  ["IF(m1 > 5, 1, 0)", [0, undefined, 1]],
  ["IF(m2 >= 10, 100 * m2 / (m2 + m1), 0)", [0, 0, 0]],
])("%s", (expression, expected) => {
  expect(evaluate(expression)).toEqual(expected);
});

test.each([
  ["SUM(m1)", "SUM over the periods of one metric is not simulated; SUM([m1, m2]) over metrics is"],
  ["FILL(m1, m2)", "FILL with other than a number is not simulated"],
  ["[m1, m2]", "a list as the result of metric math is not simulated"],
  ["[m1] + 1", "a list as an operand of metric math is not simulated"],
])("%s is refused", (expression, message) => {
  expect(() => evaluate(expression)).toThrow(message);
});
