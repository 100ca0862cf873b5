/** Two ways to do the same, in turns and in one process: their ratio holds on any machine, their times do not. */

export interface Comparison {
  readonly name: string;
  readonly payload: Buffer;
  readonly ours: (payload: Buffer) => unknown;
  readonly floorName: string;
  /** What it is held against; a promise is waited for. */
  readonly floor: (payload: Buffer) => unknown;
}

const ROUNDS = 25;
const ROUND_MILLIS = 15;

/** Prints a line a comparison. @param bench its name, before each line */
export async function compare(bench: string, comparisons: readonly Comparison[]): Promise<void> {
  for (const { name, payload, ours, floorName, floor } of comparisons) {
    const [mine, theirs]: [number[], number[]] = [[], []];
    for (let count = 0; count < ROUNDS; count++) {
      mine.push(await round(() => ours(payload)));
      theirs.push(await round(() => floor(payload)));
    }
    const micros = median(mine) / 1000;
    console.log(
      `${bench}, ${name}: ${(median(mine) / median(theirs)).toFixed(2)} times ${floorName}; ` +
        `${payload.length} B in ${micros.toFixed(micros < 10 ? 2 : 0)} µs, ${Math.round(payload.length / micros)} MB/s`,
    );
  }
}

/** Nanoseconds a call, over one round. */
async function round(run: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  const end = start + BigInt(ROUND_MILLIS * 1e6);
  let calls = 0;
  let now: bigint;
  do {
    const result = run();
    if (result instanceof Promise) await result;
    calls++;
    now = process.hrtime.bigint();
  } while (now < end);
  return Number(now - start) / calls;
}

function median(values: number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] as number;
}
