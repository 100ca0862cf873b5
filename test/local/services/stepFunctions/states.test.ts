/** Each type of state, run through the interpreter. */
import { Stopped } from "../../../../local/services/stepFunctions/workflowError";
import { fixedClock, run, START } from "../../support/machine";

const pass = (fields: object = {}) => ({ Type: "Pass", End: true, ...fields });

describe("Pass", () => {
  test("hands its input on when it has no Output", async () => {
    expect((await run({ A: pass() }, { input: { x: 1 } })).end).toEqual({ status: "SUCCEEDED", output: { x: 1 } });
  });

  test("fills expressions in Output at any depth and leaves other values alone", async () => {
    const Output = {
      list: [1, "{% $states.input.x + 1 %}", { y: "{% $states.input.x * 10 %}" }],
      text: "$states.input.x",
    };
    expect((await run({ A: pass({ Output }) }, { input: { x: 2 } })).end).toEqual({
      status: "SUCCEEDED",
      output: { list: [1, 3, { y: 20 }], text: "$states.input.x" },
    });
  });

  test("sees the context of the execution and of the state", async () => {
    const Output =
      "{% $states.context.Execution.Name & ' ' & $states.context.State.Name & ' ' & $states.context.State.EnteredTime %}";
    expect((await run({ A: pass({ Output }) })).end).toEqual({
      status: "SUCCEEDED",
      output: "run-1 A 2026-11-20T10:00:00.000Z",
    });
  });
});

describe("Assign", () => {
  test("values are seen by the next state, not by the Output of the state that assigns them", async () => {
    const { end } = await run({
      Set: { Type: "Pass", Assign: { count: 1 }, Next: "Again" },
      Again: { Type: "Pass", Assign: { count: "{% $count + 1 %}" }, Output: { before: "{% $count %}" }, Next: "Read" },
      Read: pass({ Output: { before: "{% $states.input.before %}", after: "{% $count %}" } }),
    });
    expect(end).toEqual({ status: "SUCCEEDED", output: { before: 1, after: 2 } });
  });

  test("a branch reads outer variables and its own stay inside", async () => {
    const { end } = await run({
      Set: { Type: "Pass", Assign: { outer: 5 }, Next: "Both" },
      Both: {
        Type: "Parallel",
        Branches: [
          {
            StartAt: "In",
            States: {
              In: { Type: "Pass", Assign: { inner: "{% $outer + 1 %}" }, Next: "Out" },
              Out: pass({ Output: "{% $inner %}" }),
            },
          },
        ],
        Next: "Read",
      },
      Read: pass({ Output: { result: "{% $states.input %}", inner: "{% $exists($inner) %}" } }),
    });
    expect(end).toEqual({ status: "SUCCEEDED", output: { result: [6], inner: false } });
  });
});

describe("Choice", () => {
  const choice = {
    Pick: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $states.input.n > 10 %}", Next: "Big", Output: "big" },
        { Condition: "{% $states.input.n > 5 %}", Next: "Middle", Assign: { kind: "middle" } },
      ],
      Default: "Small",
      Output: "small",
    },
    Big: pass(),
    Middle: pass({ Output: "{% $kind %}" }),
    Small: pass(),
  };

  test.each([
    [11, "big"],
    [6, "middle"],
    [1, "small"],
  ])("%d goes to %s", async (n, output) => {
    expect((await run(choice, { input: { n } })).end).toEqual({ status: "SUCCEEDED", output });
  });

  test("fails with States.NoChoiceMatched when nothing matches and there is no Default", async () => {
    const { end } = await run({
      Pick: { Type: "Choice", Choices: [{ Condition: "{% false %}", Next: "Done" }] },
      Done: { Type: "Succeed" },
    });
    expect(end).toMatchObject({ status: "FAILED", error: "States.NoChoiceMatched" });
  });

  test("fails with States.QueryEvaluationError when a condition is not a boolean", async () => {
    const { end } = await run({
      Pick: { Type: "Choice", Choices: [{ Condition: "{% 1 %}", Next: "Done" }] },
      Done: { Type: "Succeed" },
    });
    expect(end).toEqual({
      status: "FAILED",
      error: "States.QueryEvaluationError",
      cause: "The field 'Choices[0]/Condition' of the state 'Pick' is not a boolean.",
    });
  });
});

describe("Wait", () => {
  test.each([
    ["Seconds", 90, 90_000],
    ["Seconds", "{% 30 * 2 %}", 60_000],
    ["Timestamp", "2026-11-20T10:05:00Z", 300_000],
    ["Timestamp", "{% '2026-11-20T11:00:00Z' %}", 3_600_000],
    ["Timestamp", "2020-01-01T00:00:00Z", 0],
  ])("%s %s takes %d ms of the clock", async (field, value, millis) => {
    expect((await run({ W: { Type: "Wait", [field]: value, End: true } })).millis).toBe(millis);
  });

  test("fails when Seconds is not a whole number", async () => {
    expect((await run({ W: { Type: "Wait", Seconds: "{% 0.5 %}", End: true } })).end).toMatchObject({
      status: "FAILED",
      error: "States.QueryEvaluationError",
    });
  });
});

test("Succeed ends with its Output", async () => {
  expect((await run({ S: { Type: "Succeed", Output: { done: true } } })).end).toEqual({
    status: "SUCCEEDED",
    output: { done: true },
  });
});

test("Fail ends with its Error and Cause, which may be expressions", async () => {
  const { end } = await run(
    { F: { Type: "Fail", Error: "HourBroken", Cause: "{% 'hour ' & $states.input.hour %}" } },
    {
      input: { hour: "2026-11-20T10" },
    },
  );
  expect(end).toEqual({ status: "FAILED", error: "HourBroken", cause: "hour 2026-11-20T10" });
});

test("an expression that is undefined fails the state with States.QueryEvaluationError and its place", async () => {
  expect((await run({ A: pass({ Output: { deep: ["{% $states.input.missing %}"] } }) })).end).toEqual({
    status: "FAILED",
    error: "States.QueryEvaluationError",
    cause:
      "The JSONata expression '$states.input.missing' specified for the field 'Output/deep[0]' returned nothing (undefined).",
  });
});

test("an expression that is a function is refused: it is not JSON", async () => {
  expect((await run({ A: pass({ Output: "{% function($x){ $x } %}" }) })).end).toMatchObject({
    status: "FAILED",
    error: "States.QueryEvaluationError",
  });
});

test("a state's output above 256 KiB fails with States.DataLimitExceeded; exactly 256 KiB passes", async () => {
  const output = async (length: number) =>
    (await run({ A: pass({ Output: `{% $join($map([1..${length}], function($i){ 'x' })) %}` }) })).end.status;
  const atLimit = 262_144 - 2;
  await expect(run({ A: pass({ Output: "x".repeat(atLimit) }) }).then(({ end }) => end.status)).resolves.toBe(
    "SUCCEEDED",
  );
  await expect(run({ A: pass({ Output: "x".repeat(atLimit + 1) }) }).then(({ end }) => end)).resolves.toMatchObject({
    error: "States.DataLimitExceeded",
  });
  await expect(output(10)).resolves.toBe("SUCCEEDED");
});

test("an execution that runs longer than the definition's TimeoutSeconds is TIMED_OUT and not caught", async () => {
  const states = { A: { Type: "Wait", Seconds: 10, Next: "B" }, B: { Type: "Wait", Seconds: 10, End: true } };
  const { end, millis } = await run(states, {}, { TimeoutSeconds: 15 });
  expect(end).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout" });
  expect(millis).toBe(15_000);
});

test("an execution that is stopped is ABORTED, even while a task is under way", async () => {
  const stop = new AbortController();
  const { end } = await run(
    { T: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", End: true } },
    {
      signal: stop.signal,
      task: () => {
        stop.abort(new Stopped("by the caller"));
        return new Promise(() => undefined);
      },
    },
  );
  expect(end).toEqual({ status: "ABORTED" });
});

test("a defect outside the workflow ends the execution as States.Runtime with its words", async () => {
  const { end } = await run({
    T: {
      Type: "Task",
      Resource: "arn:aws:states:::lambda:invoke",
      End: true,
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "C" }],
    },
    C: pass(),
  });
  expect(end).toEqual({ status: "FAILED", error: "States.Runtime", cause: "this machine has no task" });
});

test("time in $now and $millis is the clock's", async () => {
  const { end } = await run(
    {
      W: { Type: "Wait", Seconds: 60, Next: "A" },
      A: pass({ Output: { now: "{% $now() %}", millis: "{% $millis() %}", day: "{% $now('[Y0001]-[M01]-[D01]') %}" } }),
    },
    { clock: fixedClock() },
  );
  expect(end).toEqual({
    status: "SUCCEEDED",
    output: { now: "2026-11-20T10:01:00.000Z", millis: START + 60_000, day: "2026-11-20" },
  });
});

test("a loop without an end fails at 25,000 events, as on AWS", async () => {
  const { end, history } = await run({
    A: { Type: "Wait", Seconds: 1, Next: "B" },
    B: { Type: "Choice", Choices: [{ Condition: "{% true %}", Next: "A" }], Default: "C" },
    C: { Type: "Succeed" },
  });
  expect(end).toEqual({
    status: "FAILED",
    error: "States.Runtime",
    cause: "The execution reached the maximum number of history events (25000).",
  });
  expect(history.events).toHaveLength(25_000);
});
