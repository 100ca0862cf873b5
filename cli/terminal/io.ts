/** What a command sees of the process: its streams, environment, directory, clock and the signal of Ctrl-C; tests pass their own. */
import type { Clock } from "../../local/cloud/clock";

/** One of the process's output streams, as far as commands use it. */
export interface OutputStream {
  write(chunk: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal in characters; absent where there is none. */
  readonly columns?: number;
}

export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that relative paths and `Pulumi.yaml` are looked up in. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Uniform in [0, 1); for back-off only, everything that a seed decides comes from the seed. */
  readonly random: () => number;
  /** Aborted at Ctrl-C, with an `Interrupted` as its reason. */
  readonly signal: AbortSignal;
}
