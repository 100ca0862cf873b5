/** Resource inputs as plain values: secrets are unwrapped, assets and archives stay unchanged. */

/** The keys by which Pulumi's wire format marks a secret (`pulumi/pulumi`, sdk/nodejs/runtime/rpc.ts). */
export const SPECIAL = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

export function plainInputs(inputs: Record<string, unknown>): Record<string, unknown> {
  return plain(inputs) as Record<string, unknown>;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || !isPlainObject(value)) return value;
  const object = value as Record<string, unknown>;
  if (isSecret(object)) return plain(object.value);
  return Object.fromEntries(Object.entries(object).map(([name, part]) => [name, plain(part)]));
}

export function isSecret(value: object): boolean {
  return (value as Record<string, unknown>)[SPECIAL] === SECRET;
}

/** Checks the prototype's shape, because an object from another realm has another `Object`. */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
