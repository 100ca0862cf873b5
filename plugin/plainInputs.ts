/** Awaits the inputs that components need as plain values; other inputs may stay outputs. */
import * as pulumi from "@pulumi/pulumi";
import type { ComponentSchema, PropertySchema } from "./packageSchema";

/** The members of an output that Pulumi's types omit. */
interface Knowing {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

/**
 * Sorts names, because they arrive in a different order in each run, and packages that contain them must stay the same
 * byte for byte. Resources are declared before outputs have values, so inputs that decide which resources exist cannot
 * be outputs that a preview does not know.
 *
 * @throws one error that names every input that is missing, not in the schema, not known yet, or a secret that would be
 * stored in clear text
 */
export async function plainInputs(
  who: string,
  { inputProperties = {}, requiredInputs = [] }: ComponentSchema,
  inputs: pulumi.Inputs,
): Promise<pulumi.Inputs> {
  const problems: string[] = [];
  const plain: pulumi.Inputs = {};
  for (const name of requiredInputs) if (inputs[name] === undefined) problems.push(`${name} is missing.`);
  for (const [name, value] of Object.entries(inputs)) {
    const property = inputProperties[name];
    if (!property) {
      problems.push(`"${name}" is not an input; use ${Object.keys(inputProperties).sort().join(", ")}.`);
      continue;
    }
    const problem = await problemOf(name, property, value);
    if (problem) problems.push(problem);
    else plain[name] = mustBeKnown(property) ? await plainValue(value) : value;
  }
  if (problems.length > 0) throw new Error(`${who}: ${problems.join(" ")}`);
  return plain;
}

function mustBeKnown({ plain, $ref, additionalProperties, items }: PropertySchema): boolean {
  if ((additionalProperties ?? items)?.$ref?.startsWith("#/resources/")) return true;
  return plain === true || $ref?.startsWith("#/resources/") === true;
}

async function problemOf(name: string, property: PropertySchema, value: unknown): Promise<string | undefined> {
  if (!mustBeKnown(property) || !pulumi.Output.isInstance(value)) return undefined;
  const { isKnown } = value as unknown as Knowing;
  if (!(await isKnown)) return `${name} is an output that is not known yet; give it a value.`;
  if (await pulumi.isSecret(value))
    return `${name} is a secret, which would lie in the state in clear; give it a value.`;
  return undefined;
}

async function plainValue(value: unknown): Promise<unknown> {
  return sorted(pulumi.Output.isInstance(value) ? await (value as unknown as Knowing).promise() : value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}
