/** An error in one line for the log: AWS errors and ours say enough by name and message, and never hold payload. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `something of type ${typeof error} was thrown`;
}
