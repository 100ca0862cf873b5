/** Map and Parallel. */
import { WorkflowError } from "../../../../local/services/stepFunctions/workflowError";
import { run, TASK } from "../../support/machine";

const pass = (fields: object = {}) => ({ Type: "Pass", End: true, ...fields });
const map = (states: Record<string, object>, fields: object = {}) => ({
  Type: "Map",
  ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: Object.keys(states)[0], States: states },
  End: true,
  ...fields,
});
const task = (fields: object = {}) => ({ Type: "Task", Resource: TASK, End: true, ...fields });

describe("Map", () => {
  test("runs its input's items when it has no Items, and keeps their order", async () => {
    const { end } = await run(
      { M: map({ Double: pass({ Output: "{% $states.input * 2 %}" }) }) },
      { input: [3, 1, 2] },
    );
    expect(end).toEqual({ status: "SUCCEEDED", output: [6, 2, 4] });
  });

  test("selects each item's input with the item in the context", async () => {
    const fields = {
      Items: "{% $states.input.hours %}",
      ItemSelector: {
        hour: "{% $states.context.Map.Item.Value %}",
        at: "{% $states.context.Map.Item.Index %}",
        all: "{% $count($states.input.hours) %}",
      },
    };
    const { end } = await run({ M: map({ A: pass() }, fields) }, { input: { hours: ["h1", "h2"] } });
    expect(end).toEqual({
      status: "SUCCEEDED",
      output: [
        { hour: "h1", at: 0, all: 2 },
        { hour: "h2", at: 1, all: 2 },
      ],
    });
  });

  test("no items give an empty list", async () => {
    expect((await run({ M: map({ A: pass() }, { Items: [] }) })).end).toEqual({ status: "SUCCEEDED", output: [] });
  });

  test("items that are not an array fail it", async () => {
    expect((await run({ M: map({ A: pass() }) }, { input: { a: 1 } })).end).toMatchObject({
      error: "States.QueryEvaluationError",
    });
  });

  test.each([
    [1, 1],
    [3, 3],
    [0, 10],
  ])("MaxConcurrency %d runs at most %d iterations at once", async (MaxConcurrency, most) => {
    let now = 0;
    let highest = 0;
    await run(
      { M: map({ T: task() }, { MaxConcurrency }) },
      {
        input: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        task: async () => {
          highest = Math.max(highest, ++now);
          await new Promise((resolve) => setImmediate(resolve));
          now--;
          return {};
        },
      },
    );
    expect(highest).toBe(most);
  });

  test("waits of iterations that run beside each other do not add up; those of one lane do", async () => {
    const states = { W: { Type: "Wait", Seconds: "{% $states.input %}", End: true } };
    expect((await run({ M: map(states) }, { input: [60, 20, 30] })).millis).toBe(60_000);
    expect((await run({ M: map(states, { MaxConcurrency: 1 }) }, { input: [60, 20, 30] })).millis).toBe(110_000);
  });

  test("an iteration's own Catch keeps the others going", async () => {
    const states = {
      T: task({ Catch: [{ ErrorEquals: ["Bad"], Next: "Note" }] }),
      Note: pass({ Output: "{% $states.input.Error %}" }),
    };
    const { end } = await run(
      { M: map(states) },
      {
        input: [1, 2],
        task: ({ arguments: n }) => {
          if (n === 1) throw new WorkflowError("Bad", "one");
          return "fine";
        },
      },
    );
    expect(end).toEqual({ status: "SUCCEEDED", output: ["Bad", "fine"] });
  });

  test("an iteration that fails stops the others and is the Map's error, which Retry and Catch see", async () => {
    const started: unknown[] = [];
    const { end, history } = await run(
      {
        M: map(
          {
            T: task({ Next: "After", End: undefined }),
            After: { Type: "Wait", Seconds: 60, Next: "Second" },
            Second: task(),
          },
          {
            Catch: [{ ErrorEquals: ["Bad"], Next: "C" }],
          },
        ),
        C: pass({ Output: "{% $states.input %}" }),
      },
      {
        input: [1, 2],
        task: async ({ arguments: n }) => {
          started.push(n);
          if (n === 2) throw new WorkflowError("Bad", "two");
          await new Promise((resolve) => setTimeout(resolve, 5));
          return n;
        },
      },
    );
    expect(end).toEqual({ status: "SUCCEEDED", output: { Error: "Bad", Cause: "two" } });
    expect(started).toEqual([1, 2]);
    const types = history.events.map((event) => event.type);
    expect(types.filter((type) => type === "MapIterationAborted" || type === "MapIterationFailed").sort()).toEqual([
      "MapIterationAborted",
      "MapIterationFailed",
    ]);
  });
});

describe("Parallel", () => {
  const branch = (state: object) => ({ StartAt: "S", States: { S: state } });

  test("gives every branch the same input and lists their outputs", async () => {
    const { end } = await run(
      {
        P: {
          Type: "Parallel",
          Branches: [branch(pass({ Output: "{% $states.input.x + 1 %}" })), { StartAt: "S2", States: { S2: pass() } }],
          End: true,
        },
      },
      { input: { x: 1 } },
    );
    expect(end).toEqual({ status: "SUCCEEDED", output: [2, { x: 1 }] });
  });

  test("a branch that fails is its error", async () => {
    const { end } = await run({
      P: {
        Type: "Parallel",
        Arguments: { a: 1 },
        Branches: [branch({ Type: "Fail", Error: "Mine", Cause: "c" })],
        End: true,
        Retry: [{ ErrorEquals: ["Mine"], MaxAttempts: 1 }],
      },
    });
    expect(end).toEqual({ status: "FAILED", error: "Mine", cause: "c" });
  });
});

test("the history names each event's predecessor in its own branch", async () => {
  const { history } = await run({ M: map({ A: pass() }) }, { input: [7] });
  expect(history.events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [1, 0, "ExecutionStarted"],
    [2, 1, "MapStateEntered"],
    [3, 2, "MapStateStarted"],
    [4, 3, "MapIterationStarted"],
    [5, 4, "PassStateEntered"],
    [6, 5, "PassStateExited"],
    [7, 6, "MapIterationSucceeded"],
    [8, 3, "MapStateSucceeded"],
    [9, 8, "MapStateExited"],
    [10, 9, "ExecutionSucceeded"],
  ]);
  expect(history.events[1]).toMatchObject({ stateEnteredEventDetails: { name: "M", input: "[7]" } });
  expect(history.events[9]).toMatchObject({ executionSucceededEventDetails: { output: "[7]" } });
});
