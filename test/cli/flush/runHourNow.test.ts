/** A flush follows executions to the last one, and reads what they did from their histories. */
import { runHourNow, type Workflows } from "../../../cli/flush/runHourNow";

const HOUR = "2026-11-20T10";
const sealed = (hour: string, ...tables: [string, number][]) => ({
  taskSucceededEventDetails: {
    output: JSON.stringify({
      Payload: { hour, tables: tables.map(([table, rows]) => ({ table, rows })), isNarrow: false },
    }),
  },
});

interface Scripted {
  /** By execution: its states in order, the last one stays. */
  readonly ends: Readonly<Record<string, object[]>>;
  readonly events?: Readonly<Record<string, object[][]>>;
}

async function run(starts: readonly string[], { ends, events = {} }: Scripted) {
  const inputs: string[] = [];
  const slept: number[] = [];
  const waited: string[] = [];
  const left = Object.fromEntries(Object.entries(ends).map(([arn, list]) => [arn, [...list]]));
  const workflows: Workflows = {
    start: async (input) => {
      inputs.push(input);
      return starts[inputs.length - 1] as string;
    },
    describe: async (arn) => {
      const list = left[arn] as object[];
      return (list.length > 1 ? list.shift() : list[0]) as object;
    },
    history: async (arn, token = "0") => {
      const pages = events[arn] ?? [[]];
      const next = Number(token) + 1;
      return { events: pages[Number(token)] ?? [], ...(next < pages.length && { nextToken: String(next) }) };
    },
  };
  const clock = { now: () => 0, sleep: async (millis: number) => void slept.push(millis) };
  const signal = new AbortController().signal;
  const onExecution = (arn: string) => void waited.push(arn);
  const flushed = await runHourNow(workflows, { hour: HOUR, clock, signal, pollMillis: 7, onExecution });
  return { flushed, inputs, slept, waited };
}

const running = { status: "RUNNING" };
const succeeded = (output: object) => ({ status: "SUCCEEDED", output: JSON.stringify(output) });

test("counts the tables of each hour from every page of the history", async () => {
  const done = await run(["a"], {
    ends: { a: [running, running, succeeded({ hour: HOUR, result: "flattened", hours: 2 })] },
    events: {
      a: [
        [
          { taskSucceededEventDetails: { output: '{"JobRunState":"SUCCEEDED"}' } },
          sealed(HOUR, ["orders", 5], ["clicks", 7]),
        ],
        [sealed("2026-11-20T09", ["orders", 1]), sealed(HOUR, ["orders", 6]), {}],
      ],
    },
  });
  expect(done).toEqual({
    flushed: [
      { hour: "2026-11-20T09", table: "orders", rows: 1 },
      { hour: HOUR, table: "clicks", rows: 7 },
      { hour: HOUR, table: "orders", rows: 6 },
    ],
    inputs: ['{"hour":"2026-11-20T10"}'],
    slept: [7, 7],
    waited: ["a"],
  });
});

test("nothing to do is an empty list", async () => {
  const { flushed } = await run(["a"], { ends: { a: [succeeded({ hour: HOUR, result: "nothing to do", hours: 0 })] } });
  expect(flushed).toEqual([]);
});

test("an hour that is left to another execution is waited for there", async () => {
  const left = { hour: HOUR, result: "left to the execution that flattens hours now", execution: "holder" };
  const done = await run(["a"], {
    ends: { a: [succeeded(left)], holder: [running, succeeded({ result: "flattened", hours: 1 })] },
    events: { holder: [[sealed(HOUR, ["orders", 5])]] },
  });
  expect([done.waited, done.flushed]).toEqual([["a", "holder"], [{ hour: HOUR, table: "orders", rows: 5 }]]);
});

test("hours that another execution continues with are asked for again", async () => {
  const done = await run(["a", "b"], {
    ends: {
      a: [succeeded({ hour: HOUR, result: "another execution goes on", hours: 96 })],
      b: [succeeded({ hour: HOUR, result: "nothing to do", hours: 0 })],
    },
  });
  expect([done.inputs.length, done.waited]).toEqual([2, ["a", "b"]]);
});

test.each([
  [
    { status: "FAILED", error: "HourlyStepFailed", cause: "broken" },
    "streamlake flush: a ended as FAILED (HourlyStepFailed: broken)",
  ],
  [{ status: "ABORTED" }, "streamlake flush: a ended as ABORTED"],
])("%j is an error", async (end, message) => {
  await expect(run(["a"], { ends: { a: [running, end] } })).rejects.toThrow(expect.objectContaining({ message }));
});
