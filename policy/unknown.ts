/** Values that a preview does not know: reading one of a resource's properties throws. */

/** Whether an error is that of `@pulumi/policy` for such a value; its class is not exported. */
export function isUnknownValue(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "UnknownValueError";
}

/** A value that may not be known, which is undefined then. */
export function ifKnown<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isUnknownValue(error)) return undefined;
    throw error;
  }
}

/** Whether a property is given, be its value known or not. */
export function isGiven(inputs: object, property: string): boolean {
  const value = Object.getOwnPropertyDescriptor(inputs, property)?.value;
  return value !== undefined && value !== null;
}
