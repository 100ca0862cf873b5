/** Evaluates the `Expression` of GetPartitions: comparisons of partition columns with literals, joined by AND. */

import type { GlueColumn } from "../../catalog/catalog";
import { ServiceError } from "../../cloud/service";

const COMPARISON = /^\s*"?([a-z0-9_]+)"?\s*(=|<>|!=|<=|>=|<|>)\s*(?:'((?:[^']|'')*)'|(-?\d+))\s*$/i;

/** Compares numeric columns as numbers, others as strings. Throws an error that names an unsupported expression. */
export function matchesExpression(
  expression: string | undefined,
  keys: readonly GlueColumn[],
  values: readonly string[],
): boolean {
  if (expression === undefined || expression.trim() === "") return true;
  return expression.split(/\s+and\s+/i).every((part) => {
    const [, name = "", operator = "", text, number] = COMPARISON.exec(part.replace(/^\s*\(|\)\s*$/g, "")) ?? [];
    const index = keys.findIndex((key) => key.Name === name.toLowerCase());
    if (index < 0) {
      throw new ServiceError(
        "InvalidInputException",
        `local/glue: the partition expression "${part.trim()}" is not simulated; compare partition columns with literals, joined by AND`,
      );
    }
    const isNumber = /int$/.test(keys[index]?.Type ?? "");
    const wanted = text?.replaceAll("''", "'") ?? (number as string);
    const have = values[index] as string;
    return isNumber ? compare(Number(have), operator, Number(wanted)) : compare(have, operator, wanted);
  });
}

function compare<T extends string | number>(left: T, operator: string, right: T): boolean {
  switch (operator) {
    case "=":
      return left === right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    case ">=":
      return left >= right;
    default:
      return left !== right;
  }
}
