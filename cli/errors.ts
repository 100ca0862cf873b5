/** The three ways in which a command ends early, and what each is to the shell. */

/** A command line that cannot be run: one line on stderr, exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Something that the user has to know and can read without a stack trace: one line on stderr, exit 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Ctrl-C: the command has cleaned up, exit 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("interrupted");
  }
}
