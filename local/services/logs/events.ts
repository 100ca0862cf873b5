/** Reads the file of a log stream as log events. */
import { createReadStream, statSync } from "node:fs";
import { createInterface } from "node:readline";

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
  /** The position among the stream's events, from 0. */
  readonly ordinal: number;
}

const ISO = "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z";
/** The time before each event that PutLogEvents wrote, and before the entries of a function that logs text. */
const AT_START = new RegExp(`^(${ISO})\\t`);
const JSON_TIME = new RegExp(`^\\{"(?:timestamp|time)":"(${ISO})"`);
/** Embedded metrics are lines without a time at their start. */
const METRICS_TIME = /"_aws":\{"Timestamp":(\d{13})\b/;

/**
 * A line is an event. A function's line that starts with white space, as in a stack trace, belongs to the event before
 * it; so does every line without a time in a stream of PutLogEvents. An event without a time has that of the event
 * before it.
 *
 * @param isPut true if PutLogEvents wrote the stream, false for the output of a function
 */
export async function* readEvents(file: string, isPut: boolean): AsyncGenerator<LogEvent> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const { birthtimeMs, mtimeMs } = statSync(file);
  let timestamp = Math.floor(Math.min(birthtimeMs || mtimeMs, mtimeMs));
  let open: LogEvent | undefined;
  let ordinal = 0;
  for await (const line of lines) {
    const time = AT_START.exec(line)?.[1];
    const continues = open !== undefined && (isPut ? time === undefined : /^\s/.test(line));
    if (open && continues) {
      open = { ...open, message: `${open.message}\n${line}` };
      continue;
    }
    if (open) yield open;
    timestamp = timeOf(line, time) ?? timestamp;
    const message = isPut && time !== undefined ? line.slice(time.length + 1) : line;
    open = { timestamp, message, ordinal: ordinal++ };
  }
  if (open) yield open;
}

function timeOf(line: string, atStart: string | undefined): number | undefined {
  const iso = atStart ?? JSON_TIME.exec(line)?.[1];
  if (iso !== undefined) return Date.parse(iso);
  const millis = METRICS_TIME.exec(line)?.[1];
  return millis === undefined ? undefined : Number(millis);
}
