/** The alarms that went off in a run: their names in the program, their changes, and the lines for a terminal. */
import { alarmLines, alarmsNow, readAlarms } from "../../../cli/run/alarms";
import type { Alarm } from "../../../local/services/cloudwatch/service";

const AT = Date.parse("2026-11-20T10:01:00Z");
const TOPIC = "arn:aws:sns:us-east-1:000000000000:oncall";

function alarm(name: string, state: Alarm["state"], summaries: readonly string[], description?: string): Alarm {
  const settings = { AlarmName: name, ...(description !== undefined && { AlarmDescription: description }) };
  const history = summaries.map((summary, index) => ({
    atMillis: AT + index * 60_000,
    type: summary.startsWith("Alarm updated") ? "StateUpdate" : "Action",
    summary,
    data: {},
  }));
  return { settings, state, reason: `reason of ${state}`, history } as unknown as Alarm;
}

function reports(alarms: readonly Alarm[]) {
  const resource = { type: "aws:cloudwatch/metricAlarm:MetricAlarm", id: "errors-1234567", name: "errors" };
  const cloud = { resources: [resource], evaluateAlarms: () => alarms };
  return readAlarms(cloud as unknown as Parameters<typeof readAlarms>[0]);
}

test("an alarm that never went off is left out", () => {
  expect(
    reports([
      alarm("quiet", "OK", ["Alarm updated from INSUFFICIENT_DATA to OK"]),
      alarm("new", "INSUFFICIENT_DATA", []),
    ]),
  ).toEqual([]);
});

test("an alarm that went off has its name in the program, its changes and its failed actions", () => {
  const failed = `Failed to execute action ${TOPIC}. Received error: "NotFound: Topic does not exist"`;
  const off = alarm("errors-1234567", "ALARM", ["Alarm updated from OK to ALARM", failed], "router fails");
  const [report] = reports([off]);
  expect(report).toEqual({
    name: "errors",
    state: "ALARM",
    description: "router fails",
    reason: "reason of ALARM",
    changes: [{ at: "2026-11-20T10:01:00.000Z", summary: "Alarm updated from OK to ALARM" }],
    failedActions: [failed],
  });
  expect(alarmLines(report ? [report] : [])).toEqual([
    "  errors went off: router fails",
    "    reason of ALARM",
    `    ${failed}`,
  ]);
});

test("the alarms that are off now have their names in the program, and the time of their change", () => {
  const off = { ...alarm("errors-1234567", "ALARM", [], "router fails"), changedMillis: AT };
  const resource = { type: "aws:cloudwatch/metricAlarm:MetricAlarm", id: "errors-1234567", name: "errors" };
  const cloud = { resources: [resource], service: () => ({ alarms: () => [off, alarm("quiet", "OK", [])] }) };
  expect(alarmsNow(cloud as unknown as Parameters<typeof alarmsNow>[0])).toEqual({
    count: 2,
    off: [{ name: "errors", since: "2026-11-20T10:01:00.000Z", description: "router fails" }],
  });
});

test("an alarm that is over is told, too", () => {
  const over = alarm("other", "OK", ["Alarm updated from OK to ALARM", "Alarm updated from ALARM to OK"]);
  expect(alarmLines(reports([over]))).toEqual(["  other went off, and is OK again", "    reason of OK"]);
});
