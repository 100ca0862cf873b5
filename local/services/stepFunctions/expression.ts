/** One JSONata expression of a definition: compiled once, checked for what Step Functions refuses, evaluated with bound variables. */
import jsonata from "jsonata";
import { isObject, type Json } from "../../cloud/json";
import { WorkflowError } from "./workflowError";

/** Variables without their `$`, functions among them. */
export type Bindings = Readonly<Record<string, unknown>>;

const DELIMITED = /^\{%([\s\S]+)%\}$/;
/** JSONata's own guards, so that a runaway expression ends: milliseconds of evaluation and depth of recursion. */
const LIMITS = { timeout: 5_000, stack: 500 };

const compiled = new Map<string, jsonata.Expression>();

/** True for `{% … %}`. */
export function isExpression(value: unknown): value is string {
  return typeof value === "string" && DELIMITED.test(value);
}

/** Why the service would refuse this expression, or undefined. */
export function expressionProblem(text: string): string | undefined {
  let expression: jsonata.Expression;
  try {
    expression = compile(text);
  } catch (error) {
    return `is not JSONata: ${(error as Error).message}`;
  }
  if (usesVariable(expression.ast(), "eval"))
    return "uses $eval, which Step Functions does not have; $parse reads JSON";
  return undefined;
}

/**
 * Evaluates `{% … %}`.
 *
 * @param field where the expression stands, `"Arguments/Payload"`, for the message
 * @throws WorkflowError `States.QueryEvaluationError` when it fails, is undefined or is not JSON
 */
export async function evaluate(text: string, bindings: Bindings, field: string): Promise<Json> {
  const said = `The JSONata expression '${text.slice(2, -2).trim()}' specified for the field '${field}'`;
  let value: unknown;
  try {
    value = await compile(text).evaluate(undefined, { ...bindings });
  } catch (error) {
    throw new WorkflowError(
      "States.QueryEvaluationError",
      `${said} threw an error during evaluation. ${wordsOf(error)}`,
    );
  }
  if (value === undefined) {
    throw new WorkflowError("States.QueryEvaluationError", `${said} returned nothing (undefined).`);
  }
  return toJson(value, said);
}

function compile(text: string): jsonata.Expression {
  let expression = compiled.get(text);
  if (!expression) {
    expression = jsonata(DELIMITED.exec(text)?.[1] ?? text, LIMITS);
    compiled.set(text, expression);
  }
  return expression;
}

function wordsOf(error: unknown): string {
  if (!isObject(error) && !(error instanceof Error)) return String(error);
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${code}: ${message}` : String(message);
}

function toJson(value: unknown, said: string): Json {
  const text = JSON.stringify(value, (_name, part) => {
    if (typeof part !== "function" && !(isObject(part) && part._jsonata_lambda === true)) return part;
    throw new WorkflowError("States.QueryEvaluationError", `${said} returned a function, which is not JSON.`);
  });
  return JSON.parse(text) as Json;
}

function usesVariable(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((part) => usesVariable(part, name));
  if (!isObject(node)) return false;
  if (node.type === "variable" && node.value === name) return true;
  return Object.values(node).some((part) => usesVariable(part, name));
}
