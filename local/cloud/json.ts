/** JSON values as a workflow passes them between states, and their size as Step Functions counts it. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Maximum UTF-8 bytes of a state's input, output or variable (quota "256 KiB of data as a UTF-8 encoded string"). */
export const DATA_LIMIT_BYTES = 262_144;

/** True for an object that is neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** UTF-8 bytes of the value as JSON. */
export function sizeOf(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value), "utf8");
}

/** The object without its undefined values. */
export function withoutUndefined<T>(object: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, T] => entry[1] !== undefined));
}
