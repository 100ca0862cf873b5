/** The parts of the process that a command uses: streams, environment, directory, clock and the Ctrl-C signal. */
import type { Clock } from "../../local/cloud/clock";

export const COLOR_WHEN = ["auto", "always", "never"] as const;
export type ColorWhen = (typeof COLOR_WHEN)[number];

/** The part of an output stream that commands use. */
export interface OutputStream {
  write(chunk: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  /** The width of the terminal in characters; absent for other outputs. */
  readonly columns?: number;
}

export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Opened when it is read. */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** When output has colours. @default "auto" */
  readonly color?: ColorWhen;
  /** The directory of `Pulumi.yaml`, and the base of relative paths. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Uniform in [0, 1); only for back-off. Generated data uses the seed. */
  readonly random: () => number;
  /** Aborted at Ctrl-C; the reason is an `Interrupted`. */
  readonly signal: AbortSignal;
}
