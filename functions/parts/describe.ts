/** Describes an error in one line for the log. Messages of AWS errors and of our own errors contain no payload. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `something of type ${typeof error} was thrown`;
}
