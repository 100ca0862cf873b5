/** Runs the hourly step of a served cloud now: delivers what the streams hold, then flattens up to the current hour. */
import { hourOf } from "../../lake/hour";
import type { LocalCloud } from "../../local/startLocal";
import { CommandError } from "../errors";
import { type FlushedHour, runHourNow, type Workflows } from "../flush/runHourNow";
import type { Io } from "../terminal/io";

export interface Flush {
  readonly flushed: readonly FlushedHour[];
  /** True if records were left for the next flush: more arrived than could be delivered, or a function failed on some. */
  readonly isBehind: boolean;
}

/** The names of its executions begin with it. */
export const FLUSH = "flush-";

const HOURLY = "streamlake:index:HourlyEtl";
const STATE_MACHINE = "aws:sfn/stateMachine:StateMachine";
/** A producer that never pauses would keep a flush from its work. */
const MAX_DELIVERY_MILLIS = 10_000;
const POLL_MILLIS = 50;

/** Flushes after each other, also when asked at once: they would wait for each other's lease. */
export function createFlush(cloud: LocalCloud, { clock, signal }: Pick<Io, "clock" | "signal">): () => Promise<Flush> {
  const machines = hourlyMachines(cloud.resources);
  let count = 0;
  let last: Promise<unknown> = Promise.resolve();
  const run = async (): Promise<Flush> => {
    if (machines.length === 0) {
      throw new CommandError("streamlake flush: the program declares no HourlyEtl, so nothing flattens its rows");
    }
    const isBehind = !(await deliveredInTime(cloud, { clock, signal }));
    const hour = hourOf(clock.now());
    const flushed: FlushedHour[] = [];
    for (const stateMachineArn of machines) {
      const name = () => `${FLUSH}${hour}-${process.pid}-${++count}`;
      const workflows: Workflows = {
        start: (input) => cloud.startNow({ stateMachineArn, name: name(), input }),
        describe: async (executionArn) => (await cloud.call("states", "DescribeExecution", { executionArn })) as object,
        history: async (executionArn, nextToken) =>
          (await cloud.call("states", "GetExecutionHistory", { executionArn, nextToken, maxResults: 1000 })) as object,
      };
      flushed.push(...(await runHourNow(workflows, { hour, clock, signal, pollMillis: POLL_MILLIS })));
    }
    return { flushed, isBehind };
  };
  return () => {
    const next = last.then(run);
    last = next.catch(() => undefined);
    return next;
  };
}

function hourlyMachines(resources: LocalCloud["resources"]): string[] {
  const parents = new Set(resources.filter(({ type }) => type === HOURLY).map(({ urn }) => urn));
  return resources
    .filter(({ type, parent }) => type === STATE_MACHINE && parent !== undefined && parents.has(parent))
    .map(({ id }) => id);
}

async function deliveredInTime(cloud: LocalCloud, { clock, signal }: Pick<Io, "clock" | "signal">): Promise<boolean> {
  const waiting = new AbortController();
  const tooLong = clock.sleep(MAX_DELIVERY_MILLIS, AbortSignal.any([signal, waiting.signal])).then(() => false);
  try {
    return await Promise.race([cloud.drain().then(() => true), tooLong]);
  } finally {
    waiting.abort();
    // The sleep ends with the race.
    tooLong.catch(() => undefined);
  }
}
