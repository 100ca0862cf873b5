/** Compatibility of JSON schemas: AWS's own examples, each keyword, and that what passes can really be read. */
import Ajv from "ajv";
import fc from "fast-check";
import { jsonReadProblems } from "../../../../../local/services/glue/registry/jsonCompatibility";
import type { Schema } from "../../../../../local/services/glue/registry/jsonSchemaNode";

const object = (properties: object, others: object = {}) => ({ type: "object", properties, ...others });
const CLOSED = { additionalProperties: false };
const NAME = { first: { type: "string" } };
const PHONE = { ...NAME, phone: { type: "number" } };
const ONE_LEVEL = { definitions: { n: { type: "integer" } } };

/** What is said, the reader, the writer, the problems. */
type Case = [string, Schema, Schema, string[]];

test.each<Case>([
  // https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility, "JSON"
  ["an optional property more, where the writer is closed", object(PHONE, CLOSED), object(NAME, CLOSED), []],
  [
    "an optional property more, where the writer is open",
    object(PHONE, { additionalProperties: true }),
    object(NAME, { additionalProperties: true }),
    ["/phone: is new, but additionalProperties already allowed any value"],
  ],
  [
    "an optional property more, where the writer is open by default",
    object(PHONE),
    object(NAME),
    ["/phone: is new, but additionalProperties already allowed any value"],
  ],
  ["a property less, where the reader is open", object(NAME), object(PHONE), []],
  [
    "a property less, where the reader is closed",
    object(NAME, CLOSED),
    object(PHONE, CLOSED),
    ["/phone: is gone, and additionalProperties allows no other property"],
  ],
  // Properties.
  ["a property of any value more, where the writer is open", object({ ...NAME, any: {} }), object(NAME), []],
  [
    "a required property that was optional",
    object(NAME, { required: ["first"] }),
    object(NAME),
    ["/first: is required, but may be missing"],
  ],
  [
    "a required property with a default",
    object({ first: { type: "string", default: "" } }, { required: ["first"] }),
    object(NAME),
    ["/first: is required, but may be missing"],
  ],
  ["an optional property that was required", object(NAME), object(NAME, { required: ["first"] }), []],
  ["properties let through that were not", object(NAME), object(NAME, CLOSED), []],
  ["properties not let through that were", object(NAME, CLOSED), object(NAME), ["/*: no value is allowed any more"]],
  [
    "other properties of a narrower type",
    object({}, { additionalProperties: { type: "string" } }),
    object({}, { additionalProperties: { type: ["string", "null"] } }),
    ["/*: string cannot read null"],
  ],
  [
    "a new property that the others' schema covers",
    object({ a: { type: "number" } }),
    object({}, { additionalProperties: { type: "integer" } }),
    [],
  ],
  [
    "a property in an object in a list",
    { type: "array", items: object({ n: { type: "integer" } }) },
    { type: "array", items: object({ n: { type: "number" } }) },
    ["/*/n: integer cannot read number"],
  ],
  ["fewer properties at least", { minProperties: 1 }, { type: "object", minProperties: 2 }, []],
  ["as many properties as are required", { minProperties: 1 }, { type: "object", required: ["a"] }, []],
  [
    "more properties at least",
    { type: "object", minProperties: 2 },
    { type: "object", minProperties: 1 },
    ["/: minProperties is 2, was 1"],
  ],
  [
    "fewer properties at most",
    { type: "object", maxProperties: 2 },
    { type: "object" },
    ["/: maxProperties is 2, was not set"],
  ],
  [
    "properties by pattern of a wider type",
    { type: "object", patternProperties: { "^n_": { type: "number" } } },
    { type: "object", patternProperties: { "^n_": { type: "integer" } } },
    [],
  ],
  [
    "properties by pattern of a narrower type",
    { type: "object", patternProperties: { "^n_": { type: "integer" } } },
    { type: "object", patternProperties: { "^n_": { type: "number" } } },
    ["/^n_: integer cannot read number"],
  ],
  [
    "a property that the writer's pattern covers",
    object({ n_a: { type: "string" } }),
    { type: "object", patternProperties: { "^n_": { type: "number" } } },
    ["/n_a: string cannot read number"],
  ],
  // Types.
  ["the same type", { type: "string" }, { type: "string" }, []],
  ["a number for an integer", { type: "number" }, { type: "integer" }, []],
  ["an integer for a number", { type: "integer" }, { type: "number" }, ["/: integer cannot read number"]],
  ["an integer for a multiple of whole numbers", { type: "integer" }, { type: "number", multipleOf: 2 }, []],
  ["another type", { type: "string" }, { type: "integer" }, ["/: string cannot read integer"]],
  ["one type more", { type: ["string", "null"] }, { type: "string" }, []],
  ["one type less", { type: "string" }, { type: ["string", "null"] }, ["/: string cannot read null"]],
  [
    "a type where there was none",
    { type: "string" },
    {},
    ["/: string cannot read null, boolean, number, array, object"],
  ],
  ["no type where there was one", {}, { type: "string" }, []],
  ["true for all", true, { type: "string" }, []],
  ["false for something", false, { type: "string" }, ["/: no value is allowed any more"]],
  ["something for false", { type: "string" }, false, []],
  // Enumerations.
  ["an enum of more values", { enum: ["a", "b"] }, { enum: ["a"] }, []],
  ["an enum of fewer values", { enum: ["a"] }, { enum: ["a", "b"] }, ['/: the enum does not contain "b"']],
  ["a type for its enum", { type: "string" }, { enum: ["a"] }, []],
  ["an enum for its type", { enum: ["a"] }, { type: "string" }, ["/: the enum does not contain every string"]],
  ["an enum of both booleans for the type", { enum: [true, false] }, { type: "boolean" }, []],
  ["a const for an enum of it alone", { const: 1 }, { enum: [1] }, []],
  ["bounds around each value of an enum", { minimum: 1, maximum: 3 }, { enum: [1, 2.5, 3] }, []],
  [
    "bounds that leave a value of an enum out",
    { type: "integer", maximum: 2 },
    { enum: [1, 3] },
    ["/: maximum is 2, was 3"],
  ],
  ["a pattern that takes all values of an enum", { pattern: "^[ab]$" }, { enum: ["a", "b"] }, []],
  ["a pattern that does not", { pattern: "^a$" }, { enum: ["a", "b"] }, ['/: pattern does not accept "b"']],
  ["an object's schema for one object", object({ a: { type: "integer" } }), { const: { a: 1 } }, []],
  ["a list's schema for one list", { items: { type: "integer" }, uniqueItems: true }, { const: [1, 2] }, []],
  ["values of an enum that its type keeps out", { type: "string" }, { type: "string", enum: ["a", 1] }, []],
  // Numbers.
  ["a lower minimum", { minimum: 0 }, { type: "number", minimum: 1 }, []],
  ["a higher minimum", { minimum: 1 }, { type: "number", minimum: 0 }, ["/: minimum is 1, was 0"]],
  [
    "a minimum where there was none",
    { type: "number", minimum: 1 },
    { type: "number" },
    ["/: minimum is 1, was not set"],
  ],
  ["a maximum that was exclusive", { maximum: 5 }, { type: "number", exclusiveMaximum: 5 }, []],
  [
    "an exclusive maximum that was inclusive",
    { exclusiveMaximum: 5 },
    { type: "number", maximum: 5 },
    ["/: exclusiveMaximum is 5, was not set"],
  ],
  [
    "an exclusive bound, said for integers in the other way",
    { minimum: 6 },
    { type: "integer", exclusiveMinimum: 5 },
    [],
  ],
  [
    "draft-04's exclusive bound",
    { minimum: 5, exclusiveMinimum: true },
    { type: "number", minimum: 5, exclusiveMinimum: false },
    ["/: exclusiveMinimum is 5, was not set"],
  ],
  ["a divisor of the multiple", { multipleOf: 0.1 }, { type: "number", multipleOf: 0.3 }, []],
  ["another multiple", { multipleOf: 0.2 }, { type: "number", multipleOf: 0.3 }, ["/: multipleOf is 0.2, was 0.3"]],
  ["a whole divisor of integers", { multipleOf: 0.5 }, { type: "integer" }, []],
  // Texts.
  ["shorter texts at least", { minLength: 1, maxLength: 9 }, { type: "string", minLength: 2, maxLength: 8 }, []],
  ["longer texts at least", { minLength: 2 }, { type: "string", minLength: 1 }, ["/: minLength is 2, was 1"]],
  ["shorter texts at most", { maxLength: 8 }, { type: "string" }, ["/: maxLength is 8, was not set"]],
  ["the same pattern", { pattern: "^a" }, { type: "string", pattern: "^a" }, []],
  ["a pattern that is gone", { type: "string" }, { type: "string", pattern: "^a" }, []],
  ["a new pattern", { pattern: "^a" }, { type: "string" }, ["/: pattern is new"]],
  ["a new format", { format: "date" }, { type: "string" }, ["/: format is new"]],
  ["a format that is gone", {}, { type: "string", format: "date" }, []],
  // Lists.
  ["items of a wider type", { items: { type: "number" } }, { type: "array", items: { type: "integer" } }, []],
  [
    "items of a narrower type",
    { items: { type: "integer" } },
    { type: "array", items: { type: "number" } },
    ["/*: integer cannot read number"],
  ],
  [
    "a place more in an open list",
    { items: [{ type: "string" }, { type: "string" }] },
    { type: "array", items: [{ type: "string" }] },
    ["/1: string cannot read null, boolean, number, array, object"],
  ],
  [
    "a place more in a closed list",
    { items: [{ type: "string" }, { type: "string" }] },
    { type: "array", items: [{ type: "string" }], additionalItems: false },
    [],
  ],
  [
    "a place less in a closed list",
    { items: [{ type: "string" }], additionalItems: false },
    { type: "array", items: [{ type: "string" }, { type: "string" }], additionalItems: false },
    ["/1: no value is allowed any more"],
  ],
  [
    "a longest list that a closed list cannot reach",
    { maxItems: 2 },
    { type: "array", items: [{}], additionalItems: false },
    [],
  ],
  ["a shorter longest list", { maxItems: 2 }, { type: "array", maxItems: 3 }, ["/: maxItems is 2, was 3"]],
  ["a longer shortest list", { minItems: 2 }, { type: "array" }, ["/: minItems is 2, was not set"]],
  ["different items, where they may be alike", { uniqueItems: true }, { type: "array" }, ["/: uniqueItems is new"]],
  ["different items, where there is one", { uniqueItems: true }, { type: "array", maxItems: 1 }, []],
  // Combinations.
  ["a branch more", { anyOf: [{ type: "string" }, { type: "null" }] }, { anyOf: [{ type: "string" }] }, []],
  ["types as branches", { anyOf: [{ type: "string" }, { type: "null" }] }, { type: ["null", "string"] }, []],
  [
    "a branch less",
    { anyOf: [{ type: "string" }, { type: "integer" }] },
    { anyOf: [{ type: "string" }, { type: "null" }] },
    ["/: no branch of anyOf accepts every null"],
  ],
  [
    "a branch more of those that exclude each other",
    { oneOf: [{ type: "string" }, { type: "null" }] },
    { type: "string" },
    [],
  ],
  [
    "branches told apart by a constant",
    { oneOf: ["a", "b"].map((kind) => object({ kind: { const: kind } }, { required: ["kind"] })) },
    object({ kind: { const: "a" } }, { required: ["kind"] }),
    [],
  ],
  [
    "a branch less of those that exclude each other",
    { oneOf: [{ type: "string" }] },
    { oneOf: [{ type: "string" }, { type: "null" }] },
    ["/: string cannot read null"],
  ],
  ["one of all that were asked", { type: "string" }, { allOf: [{ type: "string" }, { minLength: 1 }] }, []],
  [
    "all of what was asked at once",
    { allOf: [{ type: "number" }, { minimum: 1 }] },
    { type: "integer", minimum: 2 },
    [],
  ],
  [
    "what two of all keep out together",
    { minimum: 1, maximum: 2 },
    { type: "number", allOf: [{ minimum: 1 }, { maximum: 2 }] },
    [],
  ],
  [
    "branches beside other keywords",
    { type: "integer", minimum: 1 },
    { type: "integer", anyOf: [{ minimum: 1 }, { minimum: 5 }] },
    [],
  ],
  ["the same negation", { not: { type: "string" } }, { not: { type: "string" } }, []],
  ["a condition that is gone", {}, { if: { required: ["a"] }, else: { required: ["b"] } }, []],
  // References.
  [
    "a type that moved to the definitions",
    { ...object({ n: { $ref: "#/definitions/n" } }), ...ONE_LEVEL },
    object({ n: { type: "integer" } }),
    [],
  ],
  [
    "a definition that is narrower now",
    { ...object({ n: { $ref: "#/definitions/n" } }), ...ONE_LEVEL },
    { ...object({ n: { $ref: "#/definitions/n" } }), definitions: { n: { type: "number" } } },
    ["/n: integer cannot read number"],
  ],
  [
    "a schema that refers to itself",
    object({ next: { $ref: "#" }, n: { type: "number" } }),
    object({ next: { $ref: "#" }, n: { type: "integer" } }),
    [],
  ],
])("%s", (_, reader, writer, problems) => {
  expect(jsonReadProblems(reader, writer)).toEqual(problems);
});

test.each<[string, Schema, Schema, string]>([
  ["another negation", { not: { type: "string" } }, { not: { type: "null" } }, '/: cannot compare "not"'],
  [
    "a condition that may keep the problem out",
    object({ a: { type: "string" } }),
    { ...object({ a: { type: ["string", "null"] } }), if: {}, else: {} },
    '/: cannot compare "if"',
  ],
  [
    "dependencies",
    { type: "object", dependencies: { a: ["b"] } },
    { type: "object" },
    '/: cannot compare "dependencies"',
  ],
  ["names of properties", { propertyNames: { pattern: "a" } }, { type: "object" }, '/: cannot compare "propertyNames"'],
  ["a list that contains", { contains: {} }, { type: "array" }, '/: cannot compare "contains"'],
  [
    "another pattern",
    { pattern: "a" },
    { type: "string", pattern: "b" },
    '/: cannot compare pattern "a" with the other schema\'s strings',
  ],
  [
    "another format",
    { format: "date" },
    { type: "string", format: "time" },
    '/: cannot compare format "date" with the other schema\'s strings',
  ],
  [
    "patterns of other names",
    { type: "object", patternProperties: { a: { type: "string" } } },
    { type: "object" },
    "/: cannot compare patternProperties with different patterns",
  ],
  [
    "branches that may overlap",
    { oneOf: [{ type: "number" }, { type: "integer", minimum: 5 }] },
    { type: "integer" },
    '/: cannot compare "oneOf" with branches that may overlap',
  ],
  [
    "all of what cannot be put together",
    object({ a: { type: "string" }, b: { type: "string" } }),
    { allOf: [object({ a: { type: "string" } }), object({ b: { type: "string" } })] },
    '/: cannot compare "allOf"',
  ],
  [
    "a reference to another document",
    { $ref: "https://example.com/address.json" },
    { type: "string" },
    '$ref "https://example.com/address.json" does not point into the same schema',
  ],
])("%s cannot be decided, and is refused by name", (_, reader, writer, message) => {
  expect(() => jsonReadProblems(reader, writer)).toThrow(message);
});

const VALUE: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 5, 1.5, -1, "", "a", "ab", "abc"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "n_c"), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const SCHEMA: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema }>((tie) => {
  const few = fc.array(tie("schema"), { minLength: 1, maxLength: 3 });
  const small = fc.integer({ min: 0, max: 3 });
  const types = ["null", "boolean", "integer", "number", "string", "array", "object"];
  const keywords: Record<string, fc.Arbitrary<unknown>> = {
    type: fc.oneof(
      fc.constantFrom(...types),
      fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }),
    ),
    enum: fc.uniqueArray(VALUE, { minLength: 1, maxLength: 3, selector: (value) => JSON.stringify(value) }),
    properties: fc.dictionary(fc.constantFrom("a", "b"), tie("schema"), { maxKeys: 2, noNullPrototype: true }),
    required: fc.uniqueArray(fc.constantFrom("a", "b"), { maxLength: 2 }),
    additionalProperties: tie("schema"),
    patternProperties: fc.dictionary(fc.constantFrom("^n_", "a"), tie("schema"), { maxKeys: 1, noNullPrototype: true }),
    items: fc.oneof(tie("schema"), few),
    additionalItems: tie("schema"),
    ...{ minProperties: small, maxProperties: small, minItems: small, maxItems: small, uniqueItems: fc.boolean() },
    ...{ minLength: small, maxLength: small, minimum: small, maximum: small, exclusiveMinimum: small },
    ...{ exclusiveMaximum: small, multipleOf: fc.constantFrom(0.5, 1, 1.5, 2), pattern: fc.constantFrom("^a", "b$") },
    ...{ anyOf: few, oneOf: few, allOf: few, not: tie("schema"), dependencies: fc.constantFrom({ a: ["b"] }) },
  };
  const some = fc
    .uniqueArray(fc.constantFrom(...Object.keys(keywords)), { minLength: 1, maxLength: 4 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, keywords[name] as never]))));
  return { schema: fc.oneof({ maxDepth: 2 }, fc.boolean(), some, some, some) };
}).schema;

test("whatever the writer lets through and is said to be readable, the reader lets through", () => {
  const seed = Number(process.env.SEED ?? 20);
  const values = fc.sample(VALUE, { seed, numRuns: 300 });
  const compiled = (schema: Schema) => new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const seen = { readable: 0, problems: 0, undecided: 0, values: 0 };
  const check = (reader: Schema, writer: Schema) => {
    let problems: string[];
    try {
      problems = jsonReadProblems(reader, writer);
    } catch (error) {
      if ((error as Error).name !== "UndecidedError") throw error;
      seen.undecided++;
      return;
    }
    seen[problems.length === 0 ? "readable" : "problems"]++;
    if (problems.length > 0) return;
    const [reads, writes] = [compiled(reader), compiled(writer)];
    for (const value of values.filter((one) => writes(one))) {
      seen.values++;
      if (!reads(value)) throw new Error(`${JSON.stringify({ reader, writer, value })} is not readable`);
    }
  };
  const pairs = fc.property(SCHEMA, SCHEMA, (one, other) => {
    check(one, other);
    check({ anyOf: [one, other] }, one);
    check(one, { allOf: [one, other] });
  });
  fc.assert(pairs, { seed, numRuns: 150 });
  expect(Object.values(seen).every((count) => count > 10)).toBe(true);
});
