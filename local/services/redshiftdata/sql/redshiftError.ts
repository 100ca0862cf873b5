/** The error of a statement that fails: the message is the `Error` of DescribeStatement. */
export class RedshiftError extends Error {
  override readonly name = "RedshiftError";

  /** @param reason as Redshift words it, without `ERROR: ` */
  constructor(reason: string) {
    super(`ERROR: ${reason}`);
  }
}

/** @param what the part of the statement: `"the function SOUNDEX"` */
export function notSimulated(what: string, wayOut?: string): RedshiftError {
  return new RedshiftError(
    `local/redshift-data: ${what} is not simulated${wayOut === undefined ? "" : `; ${wayOut}`}; see docs/fidelity.md`,
  );
}
