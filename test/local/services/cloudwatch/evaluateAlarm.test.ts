/** An alarm's state from its data points: the tables of CloudWatch's user guide on missing data, and the reasons. */
import type { MissingData } from "../../../../local/services/cloudwatch/alarmSettings";
import {
  type AlarmRule,
  type AlarmState,
  type DataPoint,
  evaluateAlarm,
  evaluationRange,
} from "../../../../local/services/cloudwatch/evaluateAlarm";

const NOON = Date.parse("2026-11-20T12:00:00Z");

/**
 * `0` is below the threshold, `X` is beyond it, `-` is missing, `?` is missing before the alarm watches; the newest is on the
 * right, as in the guide.
 */
function points(text: string): DataPoint[] {
  const values: Record<string, number | undefined> = { "0": 0, X: 5, "-": undefined, "?": undefined };
  return text
    .split(" ")
    .reverse()
    .map((sign, index) => ({
      from: NOON - index * 60_000,
      value: values[sign],
      ...(sign === "?" && { isUnwatched: true }),
    }));
}

function rule(periods: number, datapoints: number | undefined, treatment: MissingData): AlarmRule {
  return {
    EvaluationPeriods: periods,
    ...(datapoints !== undefined && { DatapointsToAlarm: datapoints }),
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    TreatMissingData: treatment,
  };
}

const KEPT = "kept";
type Expected = AlarmState | typeof KEPT;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
const THREE_OF_THREE: [string, Expected, Expected, Expected, Expected][] = [
  ["0 - X - X", "OK", "OK", "OK", "OK"],
  ["0 - - - -", "OK", "OK", "OK", "OK"],
  ["- - - - -", "INSUFFICIENT_DATA", KEPT, "ALARM", "OK"],
  ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["- - X - -", "ALARM", KEPT, "ALARM", "OK"],
  // An earlier edition of the guide has this row; in the present one the text says that it is no alarm.
  ["- - - - X", "INSUFFICIENT_DATA", KEPT, "ALARM", "OK"],
];
const TWO_OF_THREE: [string, Expected, Expected, Expected, Expected][] = [
  ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 - X - -", "OK", "OK", "ALARM", "OK"],
  ["- - - - 0", "OK", "OK", "ALARM", "OK"],
  ["- - - X -", "ALARM", KEPT, "ALARM", "OK"],
];

const rows = [...THREE_OF_THREE.map((row) => [3, ...row] as const), ...TWO_OF_THREE.map((row) => [2, ...row] as const)];

test.each(rows)("%i of 3 with %s", (datapoints, data, missing, ignore, breaching, notBreaching) => {
  const stateOf = (treatment: MissingData) =>
    evaluateAlarm(rule(3, datapoints, treatment), points(data))?.state ?? KEPT;
  expect({
    missing: stateOf("missing"),
    ignore: stateOf("ignore"),
    breaching: stateOf("breaching"),
    notBreaching: stateOf("notBreaching"),
  }).toEqual({ missing, ignore, breaching, notBreaching });
});

test.each<[data: string, periods: number, datapoints: number, expected: Expected]>([
  ["? ? ?", 1, 1, KEPT],
  ["? ? -", 1, 1, "ALARM"],
  ["? ? ? -", 2, 2, KEPT],
  ["? ? - -", 2, 2, "ALARM"],
  ["? ? ? -", 2, 1, "ALARM"],
  ["? ? ? 0", 2, 2, "OK"],
  ["? ? ? 0", 2, 1, KEPT],
  ["? ? ? X", 2, 1, "ALARM"],
  ["? X ? -", 2, 2, "ALARM"],
])(
  "data that is missing before the alarm watches does not count as breaching: %s with %i periods, %i to alarm",
  (data, periods, datapoints, expected) => {
    expect(evaluateAlarm(rule(periods, datapoints, "breaching"), points(data))?.state ?? KEPT).toBe(expected);
  },
);

test("an alarm on AWS/DynamoDB ignores missing data, whatever it declares", () => {
  const declared = { ...rule(1, undefined, "breaching"), Namespace: "AWS/DynamoDB" };
  expect(evaluateAlarm(declared, points("- - -"))).toBeUndefined();
  expect(evaluateAlarm(declared, points("- - X"))?.state).toBe("ALARM");
});

test("more periods are read than are evaluated", () => {
  expect(evaluationRange({ EvaluationPeriods: 3 })).toBe(5);
});

test.each([
  ["GreaterThanOrEqualToThreshold", [false, true, true]],
  ["GreaterThanThreshold", [false, false, true]],
  ["LessThanOrEqualToThreshold", [true, true, false]],
  ["LessThanThreshold", [true, false, false]],
] as const)("%s", (ComparisonOperator, expected) => {
  const alarm = { ...rule(1, undefined, "missing"), ComparisonOperator };
  expect([0, 1, 2].map((value) => evaluateAlarm(alarm, [{ from: NOON, value }])?.state === "ALARM")).toEqual(expected);
});

test.each([
  [
    "1 datapoint that is beyond",
    rule(1, undefined, "missing"),
    "- - X",
    "Threshold Crossed: 1 datapoint [5.0 (20/11/26 12:00:00)] was greater than or equal to the threshold (1.0).",
  ],
  [
    "1 datapoint that is not",
    rule(1, undefined, "missing"),
    "- - 0",
    "Threshold Crossed: 1 datapoint [0.0 (20/11/26 12:00:00)] was not greater than or equal to the threshold (1.0).",
  ],
  [
    "several datapoints",
    rule(2, undefined, "missing"),
    "X X",
    "Threshold Crossed: 2 out of the last 2 datapoints [5.0 (20/11/26 12:00:00), 5.0 (20/11/26 11:59:00)] were greater than or equal to the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).",
  ],
  [
    "a datapoint and a missing one",
    rule(2, 2, "notBreaching"),
    "- - - 0",
    "Threshold Crossed: 1 out of the last 2 datapoints [0.0 (20/11/26 12:00:00)] was not greater than or equal to the threshold (1.0) and 1 missing datapoint was treated as [NonBreaching] (minimum 1 datapoint for ALARM -> OK transition).",
  ],
  [
    "only missing ones",
    rule(2, undefined, "breaching"),
    "- - - -",
    "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
  ],
  ["unknown ones", rule(1, undefined, "missing"), "- - -", "Insufficient Data: 1 datapoint was unknown."],
])("the reason of %s", (_case, alarm, data, reason) => {
  expect(evaluateAlarm(alarm, points(data))?.reason).toBe(reason);
});
