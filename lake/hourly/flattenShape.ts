/** The shape of an hour's rows: what kinds of values were seen at each path, merged over all rows. */

/**
 * - `null`: nothing but nulls; `integer`: within 64 bits, signed; `double`: any other number, or both
 * - `array`: `items` is the merged shape of all elements
 * - `object`: `fields` by their exact names; none where the objects were all empty
 * - `mixed`: kinds that have no type in common. `fields`, where present, is what those of the values held that were objects.
 */
export type Shape =
  | { readonly kind: "null" | "boolean" | "integer" | "double" | "string" }
  | { readonly kind: "array"; readonly items: Shape }
  | { readonly kind: "object"; readonly fields: Fields }
  | { readonly kind: "mixed"; readonly fields?: Fields };

/** Read it by `Object.entries` and write it by `Object.fromEntries` only: a field may be called `__proto__`. */
export type Fields = { readonly [name: string]: Shape };

/** The field names that lead to a value; arrays are never descended into. */
export type Path = readonly string[];
