import { statesOf, withoutData } from "../../../cli/console/executions";

const at = (seconds: number) => new Date(Date.parse("2026-11-20T11:00:00.000Z") + seconds * 1000);
const event = (id: number, previousEventId: number, type: string, seconds: number, details: object = {}) => ({
  id,
  previousEventId,
  type,
  timestamp: at(seconds),
  ...details,
});
const entered = (id: number, previous: number, type: string, seconds: number, name: string, input?: string) =>
  event(id, previous, `${type}StateEntered`, seconds, { stateEnteredEventDetails: { name, input } });

test("states of parallel branches keep their own times, depths and errors", () => {
  const events = [
    event(1, 0, "ExecutionStarted", 0),
    entered(2, 1, "Map", 1, "Hours"),
    event(3, 2, "MapStateStarted", 1),
    event(4, 3, "MapIterationStarted", 1),
    event(5, 3, "MapIterationStarted", 1),
    entered(6, 4, "Task", 2, "Flatten"),
    entered(7, 5, "Task", 3, "Flatten"),
    event(8, 7, "TaskFailed", 4, { taskFailedEventDetails: { error: "Glue.Error", cause: "out of memory" } }),
    event(9, 6, "TaskStateExited", 6),
    event(10, 8, "TaskStateExited", 7),
    event(11, 3, "MapStateSucceeded", 7),
    event(12, 11, "MapStateExited", 8),
    entered(13, 12, "Wait", 8, "Later"),
  ];
  const millis = (seconds: number) => at(seconds).getTime();
  expect(statesOf(events)).toEqual([
    { name: "Hours", kind: "Map", depth: 0, fromMillis: millis(1), toMillis: millis(8), status: "succeeded" },
    { name: "Flatten", kind: "Task", depth: 1, fromMillis: millis(2), toMillis: millis(6), status: "succeeded" },
    {
      name: "Flatten",
      kind: "Task",
      depth: 1,
      fromMillis: millis(3),
      toMillis: millis(7),
      status: "succeeded",
      error: "Glue.Error: out of memory",
    },
    { name: "Later", kind: "Wait", depth: 0, fromMillis: millis(8), status: "running" },
  ]);
});

test("states have their input and output, the first 4,000 characters of each", () => {
  const events = [
    event(1, 0, "ExecutionStarted", 0),
    entered(2, 1, "Task", 1, "Plan", '{"hour":"2026-11-20T10"}'),
    event(3, 2, "TaskStateExited", 2, { stateExitedEventDetails: { name: "Plan", output: `"${"x".repeat(5000)}"` } }),
    entered(4, 3, "Wait", 2, "Later", "{}"),
  ];
  expect(statesOf(events).map(({ input, output }) => [input, output])).toEqual([
    ['{"hour":"2026-11-20T10"}', `"${"x".repeat(3999)} … (5002 characters)`],
    ["{}", undefined],
  ]);
});

test("an execution in a list has its states without their input and output", () => {
  const state = { name: "Plan", kind: "Task", depth: 0, fromMillis: 1, status: "running" as const };
  const view = { arn: "a", machine: "etl", name: "hour", status: "RUNNING", startMillis: 1, input: "{}" };
  expect(withoutData({ ...view, states: [{ ...state, input: "1", output: "2" }] })).toEqual({
    ...view,
    states: [state],
  });
});
