/** Handles values that a preview does not know yet; reading such a property throws. */

/** True for the error that `@pulumi/policy` throws for such a value; its class is not exported. */
export function isUnknownValue(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "UnknownValueError";
}

/** Reads a value; returns undefined if it is unknown. */
export function ifKnown<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isUnknownValue(error)) return undefined;
    throw error;
  }
}

/** True if a property is given, even if its value is unknown. */
export function isGiven(inputs: object, property: string): boolean {
  const value = Object.getOwnPropertyDescriptor(inputs, property)?.value;
  return value !== undefined && value !== null;
}
