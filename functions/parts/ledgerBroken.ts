/** What reconcile throws when rows in and rows out differ; Step Functions sees its name. */
export class LedgerBroken extends Error {
  override readonly name = "LedgerBroken";

  /** @param findings one sentence for each table whose hour does not add up */
  constructor(readonly findings: readonly string[]) {
    super(`reconcile: ${findings.join("; ")}`);
  }
}
