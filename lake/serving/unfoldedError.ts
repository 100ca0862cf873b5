/** The reasons for which a row is not folded into a view, and the error that carries one. */

/**
 * `key`: the row has no usable key. `fold`: the fold throws or returns no row. `value`: the item would have a value that
 * DynamoDB cannot keep. `too-large`: the item would exceed DynamoDB's 400 KB.
 */
export type UnfoldedReason = "key" | "fold" | "value" | "too-large";

export class UnfoldedError extends Error {
  override readonly name = "UnfoldedError";
  /** @param detail names attributes and lengths, never values */
  constructor(
    readonly reason: UnfoldedReason,
    readonly detail: string,
  ) {
    super(`${reason}: ${detail}`);
  }
}
