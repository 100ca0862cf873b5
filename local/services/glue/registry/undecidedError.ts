/** The error of a compatibility check that cannot decide; its message names the construct. */
export class UndecidedError extends Error {
  override readonly name = "UndecidedError";
}
