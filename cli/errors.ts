/** The errors that end a command, each with its exit code. */

/** Wrong usage: one line on stderr, exit 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A failure that needs no stack trace: one line on stderr, exit 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** The signals that end a command, and the exit codes that shells expect: 128 plus the number of the signal. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Ctrl-C or SIGTERM, after the command has cleaned up. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;

  constructor(signal: keyof typeof EXIT_CODES = "SIGINT") {
    super("interrupted");
    this.exitCode = EXIT_CODES[signal];
  }
}
