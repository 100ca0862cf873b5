/** The error of a failed query: Athena's error name and a message, as in GetQueryExecution's StateChangeReason. */

export class AthenaError extends Error {
  override readonly name = "AthenaError";

  /** @param code Trino's name of the error, `TABLE_NOT_FOUND` */
  constructor(
    readonly code: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }
}
