/** A handler's log: one line of JSON an entry, on standard output, where Lambda takes it to CloudWatch. */

export interface LogEntry {
  readonly message: string;
  /** Which of the entry's numbers are metrics, in CloudWatch's embedded metric format. @default none of them */
  readonly _aws?: { readonly CloudWatchMetrics: readonly object[] };
  readonly [name: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

export const logToConsole: Log = ({ _aws: metrics, ...entry }) => {
  if (!metrics) {
    console.log(JSON.stringify(entry));
    return;
  }
  // Lambda's own `console.log` would wrap the line, and CloudWatch finds metrics at the line's root only.
  process.stdout.write(`${JSON.stringify({ ...entry, _aws: { Timestamp: Date.now(), ...metrics } })}\n`);
};
