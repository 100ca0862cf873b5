/** Compiles a schema to the code of a row check at deployment, so that no router needs a schema compiler. */

import { SCHEMA_FORMATS } from "./formats";
import type { JsonSchema } from "./json";
import type { TextNode } from "./texts";

/** A compiled check of rows, as plain data; `openValidator` loads it. */
export interface RowValidator {
  /** A CommonJS module that exports the check. */
  readonly code: string;
  readonly texts: TextNode;
  /** Names that the schema contains. Other names in a failing path are data, and are masked. */
  readonly names: readonly string[];
}

/** `uniqueItems` compares all elements with each other: its time grows with the square of their number. */
const MAX_UNIQUE_ITEMS = 1000;

/** @throws for an invalid schema, and for one with checks that are not supported */
export function compileValidator(jsonSchema: JsonSchema): string {
  refuseUnbounded(jsonSchema);
  const { _ } = require("ajv") as typeof import("ajv");
  const standalone = require("ajv/dist/standalone") as typeof import("ajv/dist/standalone");
  const Compiler = compilerOf(jsonSchema);
  const formats = Object.fromEntries(Object.keys(SCHEMA_FORMATS).map((name) => [name, SCHEMA_FORMATS[name] as never]));
  const compiler = new Compiler({
    strict: true,
    // These would refuse schemas that are valid JSON Schema: several types, `required` without `properties`.
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    // A row has its own properties only, not inherited ones such as `constructor`.
    ownProperties: namesPrototype(jsonSchema),
    formats,
    code: { source: true, formats: _`formats` },
  });
  const text = standalone.default(compiler, compiler.compile(jsonSchema));
  const loose = [...text.matchAll(/require\("([^"]+)"\)/g)].find(([, module]) => !RUNTIME.has(module ?? ""));
  if (loose) throw new Error(`its check needs "${loose[1]}", which the router has not`);
  return text;
}

/** Modules that a check's code may require; `openValidator` provides them. */
export const RUNTIME: ReadonlySet<string> = new Set(["ajv/dist/runtime/ucs2length", "ajv/dist/runtime/equal"]);

function compilerOf({ $schema: draft }: JsonSchema): typeof import("ajv/dist/2020").default {
  if (draft === undefined || /\/draft\/2020-12\/schema#?$/.test(String(draft))) {
    return (require("ajv/dist/2020") as typeof import("ajv/dist/2020")).default;
  }
  if (/\/draft-07\/schema#?$/.test(String(draft))) {
    return (require("ajv") as typeof import("ajv")).default as never;
  }
  throw new Error(`$schema is ${JSON.stringify(draft)}; use JSON Schema 2020-12 or draft-07`);
}

function refuseUnbounded(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  const { uniqueItems, maxItems } = node as JsonSchema;
  if (uniqueItems === true && !(typeof maxItems === "number" && maxItems <= MAX_UNIQUE_ITEMS)) {
    throw new Error(`uniqueItems needs maxItems beside it, ${MAX_UNIQUE_ITEMS} at most`);
  }
  Object.values(node).forEach(refuseUnbounded);
}

function namesPrototype(node: unknown): boolean {
  if (typeof node === "string") return Object.hasOwn(Object.prototype, node);
  if (typeof node !== "object" || node === null) return false;
  return Object.entries(node).some(([name, value]) => namesPrototype(name) || namesPrototype(value));
}
