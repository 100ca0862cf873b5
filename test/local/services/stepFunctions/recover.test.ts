/** Retry, Catch and timeouts of tasks. */
import type { Json } from "../../../../local/cloud/json";
import { matchesError, Retries } from "../../../../local/services/stepFunctions/retry";
import type { TaskCall } from "../../../../local/services/stepFunctions/runExecution";
import { WorkflowError } from "../../../../local/services/stepFunctions/workflowError";
import { run, TASK } from "../../support/machine";

const task = (fields: object = {}) => ({ Type: "Task", Resource: TASK, End: true, ...fields });

/** A task that fails with these errors, one a call, then answers. */
function failing(...errors: string[]): { calls: number[]; task: (call: TaskCall) => Json } {
  const calls: number[] = [];
  return {
    calls,
    task: ({ clock }) => {
      calls.push(clock.now());
      const error = errors[calls.length - 1];
      if (error) throw new WorkflowError(error, `call ${calls.length}`);
      return { call: calls.length };
    },
  };
}

function gaps(calls: number[]): number[] {
  return calls.slice(1).map((at, index) => (at - (calls[index] as number)) / 1_000);
}

test("a retrier without fields waits 1, 2, 4 s and gives up after three retries", async () => {
  const flaky = failing("E", "E", "E", "E");
  const { end } = await run({ T: task({ Retry: [{ ErrorEquals: ["E"] }] }) }, flaky);
  expect(end).toEqual({ status: "FAILED", error: "E", cause: "call 4" });
  expect(gaps(flaky.calls)).toEqual([1, 2, 4]);
});

test("IntervalSeconds, BackoffRate and MaxDelaySeconds shape the waits", async () => {
  const flaky = failing("E", "E", "E", "E");
  const Retry = [
    { ErrorEquals: ["States.ALL"], IntervalSeconds: 10, BackoffRate: 1.5, MaxDelaySeconds: 16, MaxAttempts: 4 },
  ];
  const { end } = await run({ T: task({ Retry }) }, flaky);
  expect(end).toEqual({ status: "SUCCEEDED", output: { call: 5 } });
  expect(gaps(flaky.calls)).toEqual([10, 15, 16, 16]);
});

test("JitterStrategy FULL waits a random part of the delay", async () => {
  const flaky = failing("E");
  await run(
    { T: task({ Retry: [{ ErrorEquals: ["E"], IntervalSeconds: 8, JitterStrategy: "FULL" }] }) },
    { ...flaky, random: () => 0.25 },
  );
  expect(gaps(flaky.calls)).toEqual([2]);
});

test("each retrier counts its own attempts, and the first that matches decides", async () => {
  const flaky = failing("A", "B", "A", "B", "A");
  const Retry = [
    { ErrorEquals: ["A"], MaxAttempts: 2, BackoffRate: 1 },
    { ErrorEquals: ["States.ALL"], MaxAttempts: 9, IntervalSeconds: 3, BackoffRate: 1 },
  ];
  const { end } = await run({ T: task({ Retry }) }, flaky);
  expect(end).toMatchObject({ status: "FAILED", error: "A", cause: "call 5" });
  expect(gaps(flaky.calls)).toEqual([1, 3, 1, 3]);
});

test("MaxAttempts 0 never retries", () => {
  expect(new Retries([{ ErrorEquals: ["E"], MaxAttempts: 0 }], () => 0).next("E")).toBeUndefined();
});

test("a state that is visited again has its retries again", async () => {
  const flaky = failing("E", "E", "", "E", "E", "");
  const { end } = await run(
    {
      T: {
        Type: "Task",
        Resource: TASK,
        Retry: [{ ErrorEquals: ["E"], MaxAttempts: 2 }],
        Assign: { n: "{% ($exists($n) ? $n : 0) + 1 %}" },
        Next: "Again",
      },
      Again: { Type: "Choice", Choices: [{ Condition: "{% $n < 2 %}", Next: "T" }], Default: "Done" },
      Done: { Type: "Succeed" },
    },
    flaky,
  );
  expect(end.status).toBe("SUCCEEDED");
  expect(flaky.calls).toHaveLength(6);
});

test("expressions see how often the state was retried", async () => {
  const { end } = await run(
    { T: task({ Retry: [{ ErrorEquals: ["E"] }], Output: "{% $states.context.State.RetryCount %}" }) },
    failing("E", "E"),
  );
  expect(end).toEqual({ status: "SUCCEEDED", output: 2 });
});

test("Catch comes after the retries, with the error as output, and may assign and shape it", async () => {
  const flaky = failing("Broken", "Broken");
  const { end } = await run(
    {
      T: task({
        Retry: [{ ErrorEquals: ["Broken"], MaxAttempts: 1 }],
        Catch: [
          { ErrorEquals: ["Other"], Next: "Never" },
          { ErrorEquals: ["States.TaskFailed"], Next: "Plain" },
        ],
      }),
      Never: { Type: "Fail" },
      Plain: { Type: "Pass", Output: { caught: "{% $states.input %}" }, End: true },
    },
    flaky,
  );
  expect(flaky.calls).toHaveLength(2);
  expect(end).toEqual({ status: "SUCCEEDED", output: { caught: { Error: "Broken", Cause: "call 2" } } });

  const shaped = await run(
    {
      T: task({
        Catch: [
          {
            ErrorEquals: ["States.ALL"],
            Assign: { why: "{% $states.errorOutput.Cause %}" },
            Output: { hour: "{% $states.input.hour %}" },
            Next: "Read",
          },
        ],
      }),
      Read: { Type: "Pass", Output: { hour: "{% $states.input.hour %}", why: "{% $why %}" }, End: true },
    },
    { ...failing("X"), input: { hour: "h" } },
  );
  expect(shaped.end).toEqual({ status: "SUCCEEDED", output: { hour: "h", why: "call 1" } });
});

test("arguments that do not evaluate are caught like any error of the state", async () => {
  const { end } = await run(
    {
      T: task({
        Arguments: "{% $states.input.none %}",
        Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Next: "C" }],
      }),
      C: { Type: "Pass", Output: "caught", End: true },
    },
    failing(),
  );
  expect(end).toEqual({ status: "SUCCEEDED", output: "caught" });
});

test.each([
  [["States.ALL"], "Anything", true],
  [["States.ALL"], "States.Timeout", true],
  [["States.ALL"], "States.DataLimitExceeded", false],
  [["States.DataLimitExceeded"], "States.DataLimitExceeded", true],
  [["States.ALL"], "States.Runtime", false],
  [["States.TaskFailed"], "Glue.ConcurrentRunsExceededException", true],
  [["States.TaskFailed"], "States.Timeout", false],
  [["States.Timeout"], "States.HeartbeatTimeout", true],
  [["Lambda.Unknown", "Mine"], "Mine", true],
  [["Mine"], "mine", false],
])("%j matches %s: %s", (names, error, matches) => {
  expect(matchesError(names, error)).toBe(matches);
});

describe("TimeoutSeconds of a task", () => {
  test("ends polls that go past it, on a clock that skips", async () => {
    const polls: number[] = [];
    const { end } = await run(
      {
        T: task({ TimeoutSeconds: 150, Catch: [{ ErrorEquals: ["States.Timeout"], Next: "Late" }] }),
        Late: { Type: "Pass", Output: "late", End: true },
      },
      {
        task: async ({ clock, signal }) => {
          for (;;) {
            polls.push(clock.now());
            await clock.sleep(60_000, signal);
          }
        },
      },
    );
    expect(end).toEqual({ status: "SUCCEEDED", output: "late" });
    expect(gaps(polls)).toEqual([60, 60]);
  });

  test("ends a call that never answers, on a clock that waits", async () => {
    const timers: (() => void)[] = [];
    let now = 0;
    const waiting = {
      now: () => now,
      sleep: (millis: number) =>
        new Promise<void>((resolve) => {
          timers.push(() => {
            now += millis;
            resolve();
          });
        }),
    };
    const running = run(
      { T: task({ TimeoutSeconds: 5 }) },
      {
        clock: waiting,
        task: () => {
          setImmediate(() => timers[0]?.());
          return new Promise(() => undefined);
        },
      },
    );
    expect((await running).end).toEqual({ status: "FAILED", error: "States.Timeout", cause: "" });
  });
});
