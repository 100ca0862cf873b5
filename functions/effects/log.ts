/** A handler's log: one line of JSON an entry, on standard output, where Lambda takes it to CloudWatch. */
export type Log = (entry: Record<string, unknown>) => void;

export const logToConsole: Log = (entry) => {
  console.log(JSON.stringify(entry));
};
