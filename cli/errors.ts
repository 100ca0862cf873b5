/** The errors that end a command, each with its exit code. */

/** Wrong usage: one line on stderr, exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A failure that needs no stack trace: one line on stderr, exit 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Ctrl-C, after the command has cleaned up: exit 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("interrupted");
  }
}
