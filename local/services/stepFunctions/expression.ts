/** Compiles, checks and evaluates the JSONata expressions of a definition. */
import jsonata from "jsonata";
import { isObject, type Json } from "../../cloud/json";
import { WorkflowError } from "./workflowError";

/** Variables and functions by their names without `$`. */
export type Bindings = Readonly<Record<string, unknown>>;

const DELIMITED = /^\{%([\s\S]+)%\}$/;
/** JSONata's limits that end a runaway expression: milliseconds of evaluation and depth of recursion. */
const LIMITS = { timeout: 5_000, stack: 500 };

const compiled = new Map<string, jsonata.Expression>();

/** True for `{% … %}`. */
export function isExpression(value: unknown): value is string {
  return typeof value === "string" && DELIMITED.test(value);
}

/** The reason why Step Functions would refuse this expression; undefined if it accepts it. */
export function expressionProblem(text: string): string | undefined {
  let expression: jsonata.Expression;
  try {
    expression = compile(text);
  } catch (error) {
    return `does not parse as JSONata: ${(error as Error).message}`;
  }
  if (usesVariable(expression.ast(), "eval"))
    return "uses $eval, which Step Functions does not support; use $parse to read JSON";
  return undefined;
}

/**
 * Evaluates `{% … %}`.
 *
 * @param field the path of the expression, `"Arguments/Payload"`, for error messages
 * @throws WorkflowError `States.QueryEvaluationError` if it fails, or if its result is undefined or not JSON
 */
export async function evaluate(text: string, bindings: Bindings, field: string): Promise<Json> {
  const subject = `The JSONata expression '${text.slice(2, -2).trim()}' specified for the field '${field}'`;
  let value: unknown;
  try {
    value = await compile(text).evaluate(undefined, { ...bindings });
  } catch (error) {
    throw new WorkflowError(
      "States.QueryEvaluationError",
      `${subject} threw an error during evaluation. ${messageOf(error)}`,
    );
  }
  if (value === undefined) {
    throw new WorkflowError("States.QueryEvaluationError", `${subject} returned nothing (undefined).`);
  }
  return toJson(value, subject);
}

function compile(text: string): jsonata.Expression {
  let expression = compiled.get(text);
  if (!expression) {
    expression = jsonata(DELIMITED.exec(text)?.[1] ?? text, LIMITS);
    compiled.set(text, expression);
  }
  return expression;
}

function messageOf(error: unknown): string {
  if (!isObject(error) && !(error instanceof Error)) return String(error);
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${code}: ${message}` : String(message);
}

function toJson(value: unknown, subject: string): Json {
  const text = JSON.stringify(value, (_name, part) => {
    if (typeof part !== "function" && !(isObject(part) && part._jsonata_lambda === true)) return part;
    throw new WorkflowError("States.QueryEvaluationError", `${subject} returned a function, which is not JSON.`);
  });
  return JSON.parse(text) as Json;
}

function usesVariable(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((part) => usesVariable(part, name));
  if (!isObject(node)) return false;
  if (node.type === "variable" && node.value === name) return true;
  return Object.values(node).some((part) => usesVariable(part, name));
}
