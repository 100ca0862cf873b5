/**
 * Compares the processor time of two functions, which run in turns in one process. Their ratio is comparable between machines
 * and loads; their times are not.
 */

export interface Comparison {
  readonly name: string;
  readonly payload: Buffer;
  readonly ours: (payload: Buffer) => unknown;
  readonly floorName: string;
  /** The function that `ours` is compared with; a promise is awaited. */
  readonly floor: (payload: Buffer) => unknown;
}

const ROUNDS = 31;
const WARM_UP_ROUNDS = 5;
const ROUND_MILLIS = 15;
/** Of a few calls, one has the garbage collection of all. */
const MIN_ROUND_CALLS = 10;

/** Prints one line per comparison: the median of the ratios of neighbouring rounds. @param bench the name that begins each line */
export async function compare(bench: string, comparisons: readonly Comparison[]): Promise<void> {
  for (const { name, payload, ours, floorName, floor } of comparisons) {
    const [mine, ratios]: [number[], number[]] = [[], []];
    for (let count = -WARM_UP_ROUNDS; count < ROUNDS; count++) {
      const [our, their] = [await round(() => ours(payload)), await round(() => floor(payload))];
      if (count < 0) continue;
      mine.push(our);
      ratios.push(our / their);
    }
    const micros = median(mine);
    console.log(
      `${bench}, ${name}: ${median(ratios).toFixed(2)} times ${floorName}; ` +
        `${payload.length} B in ${micros.toFixed(micros < 10 ? 2 : 0)} µs, ${Math.round(payload.length / micros)} MB/s`,
    );
  }
}

/** Microseconds of processor time per call, over one round. */
async function round(run: () => unknown): Promise<number> {
  const end = process.hrtime.bigint() + BigInt(ROUND_MILLIS * 1e6);
  const start = process.cpuUsage();
  let calls = 0;
  do {
    const result = run();
    if (result instanceof Promise) await result;
    calls++;
  } while (process.hrtime.bigint() < end || calls < MIN_ROUND_CALLS);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

function median(values: number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] as number;
}
