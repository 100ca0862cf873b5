/** Checks that one JSON schema accepts every object that another accepts. */
import { isDeepStrictEqual } from "node:util";
import { boundProblems } from "./jsonScalars";
import type { Compare, Node, Schema } from "./jsonSchemaNode";
import { UndecidedError } from "./undecidedError";

export function objectProblems(path: string, read: Node, written: Node, compare: Compare): string[] {
  const sure = (written.required ?? []) as readonly string[];
  const missing = ((read.required ?? []) as readonly string[]).filter((name) => !sure.includes(name));
  const least = Math.max(Number(written.minProperties ?? 0), sure.length);
  return [
    ...missing.map((name) => `${path}/${name}: is required, but may be missing`),
    ...namesOf(read, written).flatMap((name) => propertyProblems(`${path}/${name}`, name, read, written, compare)),
    ...otherProblems(path, read, written, compare),
    ...boundProblems(path, read, { ...written, minProperties: least }, "minProperties", "maxProperties"),
  ];
}

function namesOf(...nodes: readonly Node[]): string[] {
  return [...new Set(nodes.flatMap((node) => Object.keys((node.properties ?? {}) as object)))];
}

function propertyProblems(path: string, name: string, read: Node, written: Node, compare: Compare): string[] {
  const [reader, writer] = [schemaOf(read, name), schemaOf(written, name)];
  const problems = compare(path, reader, writer);
  if (problems.length === 0) return [];
  if (reader === false) return [`${path}: is gone, and additionalProperties allows no other property`];
  const isOpen = writer === true || (typeof writer === "object" && Object.keys(writer).length === 0);
  const isNew = !Object.hasOwn((written.properties ?? {}) as object, name);
  return isOpen && isNew ? [`${path}: is new, but additionalProperties already allowed any value`] : problems;
}

/** The schema of a property of this name. */
function schemaOf(node: Node, name: string): Schema {
  const properties = (node.properties ?? {}) as Readonly<Record<string, Schema>>;
  const all = [
    ...(Object.hasOwn(properties, name) ? [properties[name] as Schema] : []),
    ...Object.entries(patternsOf(node)).flatMap(([pattern, schema]) => (matches(pattern, name) ? [schema] : [])),
  ];
  if (all.length === 0) return others(node);
  return all.length === 1 ? (all[0] as Schema) : { allOf: all };
}

/** Compares the properties that neither schema names. */
function otherProblems(path: string, read: Node, written: Node, compare: Compare): string[] {
  const [reader, writer] = [patternsOf(read), patternsOf(written)];
  const rest = () => compare(`${path}/*`, others(read), others(written));
  const [ours, theirs] = [Object.keys(reader).sort(), Object.keys(writer).sort()];
  if (ours.length === 0) {
    return [...rest(), ...theirs.flatMap((name) => compare(`${path}/${name}`, others(read), writer[name] as Schema))];
  }
  if (theirs.length === 0 && others(written) === false) return [];
  if (!isDeepStrictEqual(ours, theirs)) {
    throw new UndecidedError(`${path || "/"}: cannot compare patternProperties with different patterns`);
  }
  const below = ours.flatMap((name) => compare(`${path}/${name}`, reader[name] as Schema, writer[name] as Schema));
  return [...below, ...rest()];
}

function patternsOf(node: Node): Readonly<Record<string, Schema>> {
  return (node.patternProperties ?? {}) as Readonly<Record<string, Schema>>;
}

function others(node: Node): Schema {
  return (node.additionalProperties ?? true) as Schema;
}

function matches(pattern: string, name: string): boolean {
  return new RegExp(pattern, "u").test(name);
}
