/** Reads environment variables when a handler is made. */

/** @throws Error if the variable is missing or empty: the function was deployed without it */
export function environmentVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set on this function`);
  return value;
}
