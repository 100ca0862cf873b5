/** What a definition must be: what is accepted is valid for the public validator too, and what is refused says where and why. */
import validate from "asl-validator";
import { checkDefinition } from "../../../../local/services/stepFunctions/checkDefinition";
import { integrations } from "../../../../local/services/stepFunctions/integrations";
import { machineOf, TASK } from "../../support/machine";

const RESOURCES = new Set(integrations.keys());

function problems(definition: string): readonly string[] {
  try {
    checkDefinition(definition, RESOURCES);
    return [];
  } catch (error) {
    if (error instanceof Error && "problems" in error) return error.problems as readonly string[];
    throw error;
  }
}

/** One of everything that the interpreter knows. */
const everything = {
  Comment: "one of everything",
  QueryLanguage: "JSONata",
  Version: "1.0",
  TimeoutSeconds: 3_600,
  StartAt: "Begin",
  States: {
    Begin: {
      Type: "Pass",
      Comment: "c",
      Assign: { hour: "{% $states.input.hour %}" },
      Output: { a: [{ b: 1 }] },
      Next: "Call",
    },
    Call: {
      Type: "Task",
      QueryLanguage: "JSONata",
      Resource: TASK,
      Arguments: { FunctionName: "f", Payload: { hour: "{% $hour %}" } },
      TimeoutSeconds: "{% 60 * 2 %}",
      Retry: [
        {
          ErrorEquals: ["Lambda.TooManyRequestsException"],
          IntervalSeconds: 2,
          MaxAttempts: 6,
          BackoffRate: 1.5,
          MaxDelaySeconds: 60,
          JitterStrategy: "FULL",
        },
        { ErrorEquals: ["States.ALL"] },
      ],
      Catch: [
        {
          ErrorEquals: ["A", "B"],
          Next: "Broken",
          Output: { e: "{% $states.errorOutput.Error %}" },
          Assign: { why: "{% $states.errorOutput.Cause %}" },
        },
        { ErrorEquals: ["States.ALL"], Next: "Broken" },
      ],
      Output: "{% $states.result.Payload %}",
      Next: "Pick",
    },
    Pick: {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($states.input.hours) > 0 %}", Next: "Each", Assign: { n: 1 } }],
      Default: "Pause",
    },
    Each: {
      Type: "Map",
      Items: "{% $states.input.hours %}",
      ItemSelector: { hour: "{% $states.context.Map.Item.Value %}" },
      MaxConcurrency: 3,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "Work",
        States: { Work: { Type: "Pass", Assign: { inner: 1 }, End: true } },
      },
      Next: "Both",
    },
    Both: {
      Type: "Parallel",
      Branches: [
        { StartAt: "One", States: { One: { Type: "Succeed", Output: { x: 1 } } } },
        { StartAt: "Two", States: { Two: { Type: "Wait", Timestamp: "2026-11-20T10:00:00Z", End: true } } },
      ],
      Arguments: { y: 2 },
      Next: "Pause",
    },
    Pause: { Type: "Wait", Seconds: 5, Next: "Done" },
    Done: { Type: "Succeed" },
    Broken: { Type: "Fail", Error: "Broken", Cause: "{% $why %}" },
  },
};

test("one of everything is accepted, and is valid for the public validator", () => {
  expect(problems(JSON.stringify(everything))).toEqual([]);
  expect(validate(everything as never)).toMatchObject({ isValid: true, errorsText: expect.any(Function) });
});

/** Every place in a definition at which something can be changed. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, part]) => places(part, [...path, name]))];
}

function changed(path: readonly (string | number)[], change: string): unknown {
  const copy = structuredClone(everything) as unknown as Record<string, unknown>;
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, copy);
  const last = path.at(-1) as string;
  if (change === "remove") delete parent[last];
  else if (change === "misspell") {
    parent[`${last}x`] = parent[last];
    delete parent[last];
  } else parent[last] = JSON.parse(change);
  return copy;
}

test("whatever is accepted after a change is valid for the public validator too", () => {
  const changes = ["remove", "misspell", "7", "-1", "true", "null", '"text"', '"{% 1 %}"', "[]", "{}"];
  // The public validator is stricter than the service about templates: an Output, Assign or Arguments that is a plain
  // scalar or list, and empty names, are valid on AWS. Changes there say nothing.
  const telling = places(everything).filter(
    (path) =>
      path.length > 0 &&
      !path.some((step) => ["Output", "Arguments", "ItemSelector", "Items", "Assign"].includes(String(step))),
  );
  let accepted = 0;
  for (const path of telling) {
    for (const change of changes) {
      const definition = changed(path, change);
      if (problems(JSON.stringify(definition)).length > 0) continue;
      accepted++;
      const { isValid, errorsText } = validate(definition as never);
      if (!isValid) throw new Error(`${path.join(".")} ${change}: ${errorsText("\n")}`);
    }
  }
  expect(accepted).toBeGreaterThan(50);
});

const done = { Type: "Succeed" };
const task = { Type: "Task", Resource: TASK, End: true };

describe("refused", () => {
  test.each<[string, string, string]>([
    ["no JSON", "{", "the definition is not JSON: "],
    ["a list", "[]", "the definition is not an object"],
    [
      "JSONPath by default",
      JSON.stringify({ StartAt: "A", States: { A: done } }),
      'QueryLanguage is "JSONPath"; only "JSONata" is simulated',
    ],
    [
      "JSONPath by name",
      machineOf({ A: done }, { QueryLanguage: "JSONPath" }),
      'QueryLanguage is "JSONPath"; only "JSONata" is simulated',
    ],
    [
      "a state in JSONPath",
      machineOf({ A: { ...done, QueryLanguage: "JSONPath" } }),
      'definition.States.A.QueryLanguage is "JSONPath"; use JSONata',
    ],
    [
      "a field of JSONPath",
      machineOf({ A: { ...task, Parameters: {} } }),
      "definition.States.A.Parameters is not supported; the fields are ",
    ],
    [
      "a name of JSONPath",
      machineOf({ A: { ...task, Arguments: { "a.$": "$.b" } } }),
      "definition.States.A.Arguments.a.$ is JSONPath; only JSONata is simulated",
    ],
    [
      "an unknown field",
      machineOf({ A: { ...task, Heartbeat: 1 } }),
      "definition.States.A.Heartbeat is not supported; the fields are ",
    ],
    [
      "heartbeats",
      machineOf({ A: { ...task, HeartbeatSeconds: 1 } }),
      "definition.States.A.HeartbeatSeconds is not supported; the fields are ",
    ],
    [
      "a misspelled retrier",
      machineOf({ A: { ...task, Retry: [{ ErrorEquals: ["E"], MaxAttempt: 1 }] } }),
      "definition.States.A.Retry[0].MaxAttempt is not supported; the fields are ",
    ],
    [
      "a back-off below 1",
      machineOf({ A: { ...task, Retry: [{ ErrorEquals: ["E"], BackoffRate: 0.5 }] } }),
      "definition.States.A.Retry[0].BackoffRate must be a number from 1 to ",
    ],
    [
      "States.ALL beside others",
      machineOf({ A: { ...task, Retry: [{ ErrorEquals: ["States.ALL", "E"] }] } }),
      'definition.States.A.Retry[0].ErrorEquals has "States.ALL" beside other names; it must be the only one',
    ],
    [
      "States.ALL before others",
      machineOf({ A: { ...task, Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["E"] }] } }),
      'definition.States.A.Retry[0] matches "States.ALL"; only the last one may',
    ],
    [
      "an unknown integration",
      machineOf({ A: { ...task, Resource: "arn:aws:states:::dynamodb:putItem" } }),
      'definition.States.A.Resource "arn:aws:states:::dynamodb:putItem" is not simulated; use one of arn:aws:states:::lambda:invoke, ',
    ],
    [
      "an unknown type",
      machineOf({ A: { Type: "Activity" } }),
      'definition.States.A.Type is "Activity"; types are Task, Parallel, Map, Pass, Wait, Choice, Succeed, Fail',
    ],
    [
      "a type that objects inherit",
      machineOf({ A: { Type: "constructor" } }),
      'definition.States.A.Type is "constructor"; types are ',
    ],
    [
      "neither Next nor End",
      machineOf({ A: { Type: "Pass" } }),
      "definition.States.A has neither or both of Next and End; use exactly one",
    ],
    [
      "both Next and End",
      machineOf({ A: { ...task, Next: "B" }, B: done }),
      "definition.States.A has neither or both of Next and End; use exactly one",
    ],
    [
      "Seconds and Timestamp",
      machineOf({ A: { Type: "Wait", End: true } }),
      "definition.States.A has neither or both of Seconds and Timestamp; use exactly one",
    ],
    [
      "a target that does not exist",
      machineOf({ A: { Type: "Pass", Next: "B" } }),
      'definition refers to the state "B", which it does not define',
    ],
    [
      "a target that objects inherit",
      machineOf({ A: { Type: "Pass", Next: "toString" } }),
      'definition refers to the state "toString", which it does not define',
    ],
    [
      "a target in another scope",
      machineOf({
        A: { Type: "Parallel", Branches: [{ StartAt: "A1", States: { A1: { Type: "Pass", Next: "B" } } }], Next: "B" },
        B: done,
      }),
      'definition.States.A.Branches[0] refers to the state "B", which it does not define',
    ],
    ["a state that is never reached", machineOf({ A: done, B: done }), "definition.States.B is never reached"],
    ["no end", machineOf({ A: { Type: "Pass", Next: "A" } }), "definition has no state that ends it"],
    [
      "a name used twice",
      machineOf({ A: { Type: "Parallel", Branches: [{ StartAt: "A", States: { A: done } }], End: true } }),
      "definition.States.A.Branches[0].States.A has the same name as another state",
    ],
    [
      "a name of 81 characters",
      machineOf({ ["n".repeat(81)]: done }),
      "has a name of the wrong length; use 1 to 80 characters",
    ],
    [
      "an expression that does not parse",
      machineOf({ A: { ...done, Output: "{% 1 + %}" } }),
      "definition.States.A.Output does not parse as JSONata: ",
    ],
    [
      "$eval",
      machineOf({ A: { ...done, Output: "{% $map([1], function($x){ $eval('1') }) %}" } }),
      "definition.States.A.Output uses $eval, which Step Functions does not support; use $parse to read JSON",
    ],
    [
      "half an expression",
      machineOf({ A: { ...done, Output: { a: "{% 1" } } }),
      'definition.States.A.Output.a is not an expression; write "{%" at its very start and "%}" at its very end',
    ],
    [
      "an expression after a space",
      machineOf({ A: { ...done, Output: " {% 1 %}" } }),
      'definition.States.A.Output is not an expression; write "{%" at its very start and "%}" at its very end',
    ],
    [
      "a condition that is no expression",
      machineOf({ A: { Type: "Choice", Choices: [{ Condition: "true", Next: "B" }] }, B: done }),
      'definition.States.A.Choices[0].Condition must be an expression "{% … %}"',
    ],
    [
      "a variable named states",
      machineOf({ A: { Type: "Pass", Assign: { states: 1 }, End: true } }),
      "definition.States.A.Assign.states is not a variable name",
    ],
    [
      "an inner scope that assigns an outer variable",
      machineOf({
        A: {
          Type: "Parallel",
          Assign: { x: 1 },
          Branches: [{ StartAt: "B", States: { B: { Type: "Pass", Assign: { x: 2 }, End: true } } }],
          End: true,
        },
      }),
      "definition.States.A.Branches[0].States.B assigns $x, which an outer scope assigns",
    ],
    [
      "a distributed map",
      machineOf({
        A: {
          Type: "Map",
          ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED" }, StartAt: "B", States: { B: done } },
          End: true,
        },
      }),
      'definition.States.A.ItemProcessor.ProcessorConfig.Mode is "DISTRIBUTED"; use INLINE',
    ],
    [
      "tolerated failures",
      machineOf({
        A: { Type: "Map", ToleratedFailureCount: 1, ItemProcessor: { StartAt: "B", States: { B: done } }, End: true },
      }),
      "definition.States.A.ToleratedFailureCount is not supported; the fields are ",
    ],
  ])("%s", (_case, definition, problem) => {
    expect(problems(definition)).toContainEqual(expect.stringContaining(problem));
  });

  test("every problem is told at once", () => {
    expect(problems(machineOf({ A: { Type: "Pass", Nxt: "B", End: true }, B: done }))).toEqual([
      expect.stringContaining("definition.States.A.Nxt is not supported"),
      "definition.States.B is never reached",
    ]);
  });
});
