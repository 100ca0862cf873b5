/** Declared resources as a plain value for snapshots: equal in every checkout, and without code and secrets. */
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { DeclaredResource } from "./declaredResource";
import { isPlainObject, isSecret } from "./plainInputs";

/**
 * The inputs of all resources except components, by type and logical name. Names of inputs are sorted, and strings of
 * JSON (policies, state machines) are parsed.
 */
export function snapshotOf(resources: readonly DeclaredResource[]): Record<string, unknown> {
  const raw = resources.filter(({ component }) => !component);
  const entries = raw.map(({ type, name, inputs }) => [`${type} ${name}`, stable(inputs)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function stable(value: unknown): unknown {
  if (typeof value === "string") return stableString(value);
  if (Array.isArray(value)) return value.map(stable);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return "<secret>";
  if (pulumi.asset.Archive.isInstance(value)) return "<archive>";
  if (pulumi.asset.Asset.isInstance(value)) return "<asset>";
  if (!isPlainObject(value)) return `<${(value as object).constructor.name}>`;
  const named = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    named.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, part]) => [name, stable(part)]),
  );
}

function stableString(text: string): unknown {
  const cwd = process.cwd();
  if (!/^\s*[{[]/.test(text)) return cwd === path.parse(cwd).root ? text : text.replaceAll(cwd, "<cwd>");
  try {
    return stable(JSON.parse(text));
  } catch {
    return text; // Not JSON: a string that begins with a bracket.
  }
}
