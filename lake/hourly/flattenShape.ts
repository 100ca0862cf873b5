/** The shape of an hour's rows: the kinds of values at each path, merged over all rows. */

/**
 * - `null`: only nulls; `integer`: signed integers of 64 bits; `double`: any other numbers, or both
 * - `array`: `items` is the merged shape of all elements
 * - `object`: `fields` by their exact names; empty if all objects were empty
 * - `mixed`: kinds that have no type in common; `fields`, if present, are the fields of those values that were objects
 */
export type Shape =
  | { readonly kind: "null" | "boolean" | "integer" | "double" | "string" }
  | { readonly kind: "array"; readonly items: Shape }
  | { readonly kind: "object"; readonly fields: Fields }
  | { readonly kind: "mixed"; readonly fields?: Fields };

/**
 * Read it with `Object.entries` and create it with `Object.fromEntries` only: a field may have the name `__proto__`.
 */
export type Fields = { readonly [name: string]: Shape };

/** The field names that lead to a value; arrays are never descended into. */
export type Path = readonly string[];
