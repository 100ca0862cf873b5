/** Writes a handler's log to standard output, one line of JSON per entry; Lambda sends it to CloudWatch. */

export interface LogEntry {
  readonly message: string;
  /** Declares numbers of the entry as metrics, in CloudWatch's embedded metric format. @default none */
  readonly _aws?: { readonly CloudWatchMetrics: readonly object[] };
  readonly [name: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

export const logToConsole: Log = ({ _aws: metrics, ...entry }) => {
  if (!metrics) {
    console.log(JSON.stringify(entry));
    return;
  }
  // Lambda's `console.log` wraps the line in another object, but CloudWatch finds metrics only at the root.
  process.stdout.write(`${JSON.stringify({ ...entry, _aws: { Timestamp: Date.now(), ...metrics } })}\n`);
};
