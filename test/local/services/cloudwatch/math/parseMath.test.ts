/** Expressions that local refuses, each by name. */
import { parseMath } from "../../../../../local/services/cloudwatch/math/parseMath";

const KNOWN = "local has arithmetic, comparisons, &&, || and SUM, MIN, MAX, AVG, IF, FILL";

test.each([
  ["RATE(m1)", `RATE in the metric math "RATE(m1)" is not simulated; ${KNOWN}`],
  ["METRICS()", `METRICS in the metric math "METRICS()" is not simulated; ${KNOWN}`],
  ["FILL(m1, REPEAT)", `REPEAT in the metric math "FILL(m1, REPEAT)" is not simulated; ${KNOWN}`],
  [
    "ANOMALY_DETECTION_BAND(m1, 2)",
    `ANOMALY_DETECTION_BAND in the metric math "ANOMALY_DETECTION_BAND(m1, 2)" is not simulated; ${KNOWN}`,
  ],
  ["constructor(m1)", `constructor in the metric math "constructor(m1)" is not simulated; ${KNOWN}`],
  ["m1 % 2", `% in the metric math "m1 % 2" is not simulated; ${KNOWN}`],
  ["IF(m1, 2)", 'IF with 2 arguments in the metric math "IF(m1, 2)" is not simulated; it takes 3'],
  ["m1 +", 'the metric math "m1 +" ends too early'],
  ["", 'the metric math "" ends too early'],
  ["m1 m2", 'the metric math "m1 m2" does not parse at "m2"'],
  ["(m1", 'the metric math "(m1" ends too early'],
  ["SUM([m1,])", 'the metric math "SUM([m1,])" does not parse at "]"'],
])("%j is refused", (expression, message) => {
  expect(() => parseMath(expression)).toThrow(new Error(message));
});

test("a product binds closer than a sum, and a comparison less close", () => {
  const id = (name: string) => ({ kind: "id", id: name });
  expect(parseMath("a + b * c > d")).toEqual({
    kind: "binary",
    operator: ">",
    left: {
      kind: "binary",
      operator: "+",
      left: id("a"),
      right: { kind: "binary", operator: "*", left: id("b"), right: id("c") },
    },
    right: id("d"),
  });
});
