/** Lists the fields of each type of state with JSONata, and checks their values. */

import { isObject } from "../../cloud/json";
import { expressionProblem, isExpression } from "./expression";

/** Adds a value's problems to `problems`; `path` is the value's: `States.Plan.Retry[0].MaxAttempts`. */
type Check = (value: unknown, path: string, problems: string[]) => void;

const VARIABLE = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Step Functions' maximum for times, in seconds. */
export const MAX_SECONDS = 99_999_999;

/** Checks an object's fields by name, and refuses fields that are not listed. */
export function record(fields: Record<string, Check>, required: readonly string[] = []): Check {
  return (value, path, problems) => {
    if (!isObject(value)) return void problems.push(`${path} is not an object`);
    for (const [name, part] of Object.entries(value)) {
      const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (check) check(part, `${path}.${name}`, problems);
      else problems.push(`${path}.${name} is not supported; the fields are ${Object.keys(fields).join(", ")}`);
    }
    for (const name of required) if (!(name in value)) problems.push(`${path}.${name} is missing`);
  };
}

function listOf(check: Check, atLeast = 1): Check {
  return (value, path, problems) => {
    if (!Array.isArray(value) || value.length < atLeast) {
      return void problems.push(`${path} must be a list of at least ${atLeast}`);
    }
    for (const [index, part] of value.entries()) check(part, `${path}[${index}]`, problems);
  };
}

const text: Check = (value, path, problems) => {
  if (typeof value !== "string") problems.push(`${path} must be a string`);
};

export function oneOf(...values: readonly unknown[]): Check {
  return (value, path, problems) => {
    if (!values.includes(value)) problems.push(`${path} is ${JSON.stringify(value)}; use ${values.join(" or ")}`);
  };
}

/** Checks a number from `minimum` to `maximum`, a whole number unless `fraction`. */
export function number(minimum: number, maximum: number, fraction = false): Check {
  return (value, path, problems) => {
    const right =
      typeof value === "number" && (fraction || Number.isInteger(value)) && value >= minimum && value <= maximum;
    if (!right) problems.push(`${path} must be a ${fraction ? "" : "whole "}number from ${minimum} to ${maximum}`);
  };
}

export const expression: Check = (value, path, problems) => {
  if (!isExpression(value)) return void problems.push(`${path} must be an expression "{% … %}"`);
  const problem = expressionProblem(value);
  if (problem) problems.push(`${path} ${problem}`);
};

function expressionOr(check: Check): Check {
  return (value, path, problems) => (isExpression(value) ? expression : check)(value, path, problems);
}

/** Checks JSON with expressions at any depth. */
const template: Check = (value, path, problems) => {
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) template(part, `${path}[${index}]`, problems);
  } else if (isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      if (name.endsWith(".$")) problems.push(`${path}.${name} is JSONPath; only JSONata is simulated`);
      template(part, `${path}.${name}`, problems);
    }
  } else if (isExpression(value)) {
    expression(value, path, problems);
  } else if (typeof value === "string" && (/^\s*\{%/.test(value) || /%\}\s*$/.test(value))) {
    problems.push(`${path} is not an expression; write "{%" at its very start and "%}" at its very end`);
  }
};

export const assign: Check = (value, path, problems) => {
  if (!isObject(value)) return void problems.push(`${path} is not an object`);
  for (const name of Object.keys(value)) {
    if (!VARIABLE.test(name) || name.length > 80 || name === "states") {
      problems.push(`${path}.${name} is not a variable name; use at most 80 letters, digits and "_", and not "states"`);
    }
  }
  template(value, path, problems);
};

export const timestamp: Check = (value, path, problems) => {
  if (typeof value !== "string" || !RFC3339.test(value) || Number.isNaN(Date.parse(value))) {
    problems.push(`${path} must be a timestamp such as 2026-11-20T10:00:00Z`);
  }
};

const errorNames: Check = (value, path, problems) => {
  listOf(text)(value, path, problems);
  if (Array.isArray(value) && value.includes("States.ALL") && value.length > 1) {
    problems.push(`${path} has "States.ALL" beside other names; it must be the only one`);
  }
};

const leaving = { Assign: assign, Output: template };
const named = { Type: text, Comment: text, QueryLanguage: oneOf("JSONata") };
const following = { ...named, Next: text, End: oneOf(true) };

const retry = listOf(
  record(
    {
      ErrorEquals: errorNames,
      Comment: text,
      IntervalSeconds: number(1, MAX_SECONDS),
      MaxAttempts: number(0, MAX_SECONDS),
      BackoffRate: number(1, Number.MAX_VALUE, true),
      MaxDelaySeconds: number(1, 31_622_399),
      JitterStrategy: oneOf("FULL", "NONE"),
    },
    ["ErrorEquals"],
  ),
  0,
);
const catchers = listOf(
  record({ ErrorEquals: errorNames, Comment: text, Next: text, ...leaving }, ["ErrorEquals", "Next"]),
  0,
);
const recovering = { ...following, ...leaving, Retry: retry, Catch: catchers };

const ignore: Check = () => undefined;

/** The fields of a list of states; `checkDefinition` checks the states themselves. */
export const stateListFields = { StartAt: text, States: ignore, Comment: text };

const processorConfig = record({ Mode: oneOf("INLINE") }, ["Mode"]);

/** A check for each type of state. A field that AWS supports and that is missing here is refused. */
export const stateChecks: Readonly<Record<string, Check>> = {
  Task: record(
    {
      ...recovering,
      Resource: text,
      Arguments: template,
      TimeoutSeconds: expressionOr(number(1, MAX_SECONDS)),
    },
    ["Resource"],
  ),
  Parallel: record({ ...recovering, Branches: listOf(record(stateListFields)), Arguments: template }, ["Branches"]),
  Map: record(
    {
      ...recovering,
      Items: expressionOr(listOf(template, 0)),
      ItemSelector: template,
      ItemProcessor: record({ ...stateListFields, ProcessorConfig: processorConfig }),
      MaxConcurrency: expressionOr(number(0, 40)),
    },
    ["ItemProcessor"],
  ),
  Pass: record({ ...following, ...leaving }),
  Wait: record({
    ...following,
    ...leaving,
    Seconds: expressionOr(number(0, MAX_SECONDS)),
    Timestamp: expressionOr(timestamp),
  }),
  Choice: record(
    {
      ...named,
      ...leaving,
      Choices: listOf(record({ Condition: expression, Next: text, Comment: text, ...leaving }, ["Condition", "Next"])),
      Default: text,
    },
    ["Choices"],
  ),
  Succeed: record({ ...named, Output: template }),
  Fail: record({ ...named, Error: expressionOr(text), Cause: expressionOr(text) }),
};
