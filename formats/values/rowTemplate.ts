/** Makes a template for rows of the same names; copying it is fast, and safe for names such as `__proto__`. */
import type { Row } from "../row";

/**
 * A row with every name in order and null for every value. `{ ...template }` copies names as own properties, and assignment to
 * an own property never reaches the prototype. V8 also keeps the copies in one shape; beyond a dozen names, rows that are built
 * name by name do not share one.
 */
export function rowTemplate(names: readonly string[]): Row {
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(",")}}`) as Row;
}
