/** The shape of rows against a reference over parsed values, and what the scanner refuses. */
import * as fc from "fast-check";
import type { Shape } from "../../../lake/hourly/flattenShape";
import { ShapeScanner } from "../../../local/flatten/shapeScanner";

function shapeOf(...rows: readonly string[]): Shape {
  const scanner = new ShapeScanner();
  for (const row of rows) {
    const bytes = Buffer.from(`#${row}#`);
    scanner.add(bytes, 1, bytes.length - 1);
  }
  return scanner.shape();
}

/** The same rules over values, for JSON without numbers that a double cannot hold. */
function referenceShape(values: readonly unknown[]): Shape {
  const seen = values.filter((value) => value !== null);
  const objects = seen.filter(
    (value): value is Record<string, unknown> => typeof value === "object" && !Array.isArray(value),
  );
  const arrays = seen.filter((value): value is unknown[] => Array.isArray(value));
  const kinds = new Set(seen.map((value) => (Array.isArray(value) ? "array" : typeof value)));
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const fields = Object.fromEntries(
    names.map((name) => [
      name,
      referenceShape(objects.filter((object) => Object.hasOwn(object, name)).map((object) => object[name])),
    ]),
  );
  if (kinds.size > 1) return objects.length > 0 ? { kind: "mixed", fields } : { kind: "mixed" };
  if (objects.length > 0) return { kind: "object", fields };
  if (arrays.length > 0) return { kind: "array", items: referenceShape(arrays.flat()) };
  const [kind] = kinds;
  if (kind === "number") return { kind: seen.every((value) => Number.isInteger(value)) ? "integer" : "double" };
  return { kind: kind === "string" || kind === "boolean" ? kind : "null" };
}

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.constantFrom(0.5, -1.25),
    fc.string({ unit: "binary" }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "__proto__", ""), fc.string({ unit: "binary" })), tie("value"), {
      maxKeys: 4,
    }),
  ),
})).value;

test("the shape of any rows, in any order, with any white space", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.constantFrom(undefined, 1, "\t"), (rows, space) => {
      const texts = rows.map((row) => JSON.stringify(row, null, space));
      const expected = referenceShape(texts.map((text) => JSON.parse(text)));
      expect(shapeOf(...texts)).toEqual(expected);
      expect(shapeOf(...texts.reverse())).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["1", "integer"],
  ["1.0", "double"],
  ["1e3", "double"],
  ["9223372036854775807", "integer"],
  ["-9223372036854775808", "integer"],
  ["9223372036854775808", "double"],
  ["-9223372036854775809", "double"],
  ["000000000000000000001", "integer"],
])("%s is of the kind %s", (text, kind) => {
  expect(shapeOf(text)).toEqual({ kind });
});

test("a name with escapes is the name it stands for", () => {
  expect(shapeOf('{"\\u0061":1}', '{"a":2.5}')).toEqual({ kind: "object", fields: { a: { kind: "double" } } });
});

test.each([
  ["", 1],
  ['{"a"', 5],
  ['{"a":}', 6],
  ['{"a":1,}', 8],
  ["[1 2]", 4],
  ['"never ends', 12],
  ["x", 1],
  ["1 2", 3],
  ["{a:1}", 2],
])("%s is refused with its position", (text, position) => {
  expect(() => shapeOf(text)).toThrow(new SyntaxError(`not JSON at byte ${position}`));
});
