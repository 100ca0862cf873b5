/** What makes one resource of a type on an account by its service's API, and what the tables of them share. */
import type { Clients } from "../clients";

/** As the program declares them, outputs of other resources resolved. */
// biome-ignore lint/suspicious/noExplicitAny: the provider's own shapes, which each table hands to the API's types
export type Inputs = Record<string, any>;

export interface Made {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** @param name the physical name */
export type Deployer = (aws: Clients, name: string, inputs: Inputs) => Promise<Made>;

/** Inputs by the names of AWS's API: `{ maxRetries }` → `{ MaxRetries }`, at every depth. Not for maps of a user's own names. */
export function pascal<T>(value: unknown): T {
  return pascalValue(value) as T;
}

function pascalValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascalValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key[0]?.toUpperCase() + key.slice(1), pascalValue(inner)]),
  );
}
