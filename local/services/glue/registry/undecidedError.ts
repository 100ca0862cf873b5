/** What a compatibility check cannot tell: it is said by name instead of guessed. */
export class UndecidedError extends Error {
  override readonly name = "UndecidedError";
}
