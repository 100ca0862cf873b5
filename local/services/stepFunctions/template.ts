/** Evaluates JSON that contains expressions at any depth: `Arguments`, `Output`, `Assign`, `ItemSelector`. */

import type { Json } from "../../cloud/json";
import { type Bindings, evaluate, isExpression } from "./expression";

/**
 * Replaces every string `{% … %}` by its value; other values do not change.
 *
 * @param field the template's name for error messages, to which parts add `/name` or `[index]`
 */
export async function fillTemplate(template: Json, bindings: Bindings, field: string): Promise<Json> {
  if (isExpression(template)) return evaluate(template, bindings, field);
  if (Array.isArray(template)) {
    return Promise.all(template.map((part, index) => fillTemplate(part, bindings, `${field}[${index}]`)));
  }
  if (typeof template !== "object" || template === null) return template;
  const entries = Object.entries(template).map(
    async ([name, part]) => [name, await fillTemplate(part, bindings, `${field}/${name}`)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
