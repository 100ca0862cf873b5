/** Rows that all have the same names, made by copying one: fast, and safe for names such as `__proto__`. */
import type { Row } from "../row";

/**
 * A row with every name in order and null for every value. `{ ...template }` copies names as own properties, and assigning
 * to an own property never reaches the prototype; V8 also keeps the copies in one shape, which building rows name by name
 * does not beyond a dozen names.
 */
export function rowTemplate(names: readonly string[]): Row {
  return JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(",")}}`) as Row;
}
