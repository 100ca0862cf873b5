/** Sends samples of a run, or lines of its logs, as server-sent events: each change, and the rates of the counters. */
import { Readable } from "node:stream";
import type { Live, LogLine, Sample } from "../../console/wire";
import type { Clock } from "../../local/cloud/clock";

const SAMPLE_MILLIS = 1000;
/** A comment this often lets a server notice a page that has gone. */
const SILENCE_MILLIS = 15_000;

export interface LiveOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Works only until the page closes its connection. */
export function liveEvents(sample: () => Sample, options: LiveOptions): Readable {
  return events((stream, current) => follow(stream, sample, current), options);
}

/** The lines that are added from now on, each second. */
export function logEvents(added: () => readonly LogLine[], options: LiveOptions): Readable {
  return events((stream, current) => followLogs(stream, added, current), options);
}

function events(
  send: (stream: Readable, options: LiveOptions) => Promise<void>,
  { clock, signal }: LiveOptions,
): Readable {
  const closed = new AbortController();
  const stream = new Readable({
    read: () => undefined,
    destroy: (error, done) => {
      closed.abort();
      done(error);
    },
  });
  send(stream, { clock, signal: AbortSignal.any([signal, closed.signal]) }).catch((error: Error) =>
    stream.destroy(error),
  );
  return stream;
}

async function follow(stream: Readable, sample: () => Sample, { clock, signal }: LiveOptions): Promise<void> {
  let before: Timed = { sample: sample(), millis: clock.now() };
  let sent = JSON.stringify({ ...before.sample, perSecond: {} } satisfies Live);
  let silentSince = before.millis;
  stream.push(`data: ${sent}\n\n`);
  for (;;) {
    if (!(await waits(stream, { clock, signal }))) return;
    // A page that does not read gets the state once it reads again.
    if (stream.readableLength > 0) continue;
    const now: Timed = { sample: sample(), millis: clock.now() };
    const next = JSON.stringify({ ...now.sample, perSecond: ratesOf(before, now) } satisfies Live);
    before = now;
    if (next === sent && now.millis - silentSince < SILENCE_MILLIS) continue;
    stream.push(next === sent ? ":\n\n" : `data: ${next}\n\n`);
    sent = next;
    silentSince = now.millis;
  }
}

async function followLogs(
  stream: Readable,
  added: () => readonly LogLine[],
  { clock, signal }: LiveOptions,
): Promise<void> {
  added();
  let silentSince = clock.now();
  stream.push(":\n\n");
  for (;;) {
    if (!(await waits(stream, { clock, signal }))) return;
    // A page that does not read misses older lines.
    if (stream.readableLength > 0) continue;
    const lines = added();
    if (lines.length === 0 && clock.now() - silentSince < SILENCE_MILLIS) continue;
    stream.push(lines.length === 0 ? ":\n\n" : `data: ${JSON.stringify(lines)}\n\n`);
    silentSince = clock.now();
  }
}

/** False when it has ended the stream. */
async function waits(stream: Readable, { clock, signal }: LiveOptions): Promise<boolean> {
  try {
    await clock.sleep(SAMPLE_MILLIS, signal);
    return true;
  } catch (error) {
    if (!signal.aborted) throw error;
    stream.push(null);
    return false;
  }
}

interface Timed {
  readonly sample: Sample;
  readonly millis: number;
}

function ratesOf(before: Timed, now: Timed): Record<string, number> {
  const seconds = Math.max(0.001, (now.millis - before.millis) / 1000);
  const rates: Record<string, number> = {};
  for (const [name, count] of Object.entries(now.sample.counts)) {
    const grown = count - (before.sample.counts[name] ?? 0);
    if (grown > 0) rates[name] = Math.round((grown / seconds) * 10) / 10;
  }
  return rates;
}
