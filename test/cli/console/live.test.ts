import type { Readable } from "node:stream";
import { liveEvents, logEvents } from "../../../cli/console/live";
import type { LogLine, Sample } from "../../../console/wire";

const sampleOf = (records: number): Sample => ({
  counts: { "router:Records": records },
  waitingBytes: {},
  executions: 0,
  running: 0,
  denied: 0,
  failedBatches: 0,
});
const event = (records: number, perSecond: object) =>
  `data: ${JSON.stringify({ ...sampleOf(records), perSecond })}\n\n`;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A clock that moves on by the second. */
function steppedClock() {
  let now = 0;
  let wake: () => void = () => undefined;
  return {
    now: () => now,
    sleep: (millis: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        wake = () => {
          now += millis;
          resolve();
        };
      }),
    async step(): Promise<void> {
      wake();
      await settled();
    },
  };
}

const textOf = (stream: Readable) => {
  const chunk: Buffer | null = stream.read();
  return chunk === null ? "" : chunk.toString();
};

test("changes are sent with their rates, standstill once, and a comment after 15 s of silence", async () => {
  const clock = steppedClock();
  const counts = [10, 10, 25];
  const stream = liveEvents(() => sampleOf(counts.shift() ?? 25), { clock, signal: new AbortController().signal });
  const sent = [textOf(stream)];
  for (let second = 1; second <= 18; second++) {
    await clock.step();
    sent.push(textOf(stream));
  }
  stream.destroy();
  expect(sent.slice(0, 5)).toEqual([event(10, {}), "", event(25, { "router:Records": 15 }), event(25, {}), ""]);
  expect([sent.slice(5, 18).join(""), sent[18]]).toEqual(["", ":\n\n"]);
});

test("nothing is sampled while the page does not read, nor after it has gone", async () => {
  const clock = steppedClock();
  let samples = 0;
  const sample = () => sampleOf(++samples);
  const stream = liveEvents(sample, { clock, signal: new AbortController().signal });
  await clock.step();
  expect(samples).toBe(1);
  textOf(stream);
  await clock.step();
  expect(samples).toBe(2);
  stream.destroy();
  await clock.step();
  expect(samples).toBe(2);
});

test("the stream ends with the run", async () => {
  const ending = new AbortController();
  const stream = liveEvents(() => sampleOf(1), { clock: steppedClock(), signal: ending.signal });
  ending.abort(new Error("the run ends"));
  const texts: string[] = [];
  for await (const chunk of stream) texts.push(String(chunk));
  expect(texts).toEqual([event(1, {})]);
});

test("lines of logs are sent when they are added, and a comment after 15 s of silence", async () => {
  const clock = steppedClock();
  const [first, second] = ["one", "two"].map((line) => ({ group: "aws/lambda/router", line }));
  const added = [[first], [], [first, second]] as LogLine[][];
  const stream = logEvents(() => added.shift() ?? [], { clock, signal: new AbortController().signal });
  const sent = [textOf(stream)];
  for (let turn = 1; turn <= 17; turn++) {
    await clock.step();
    sent.push(textOf(stream));
  }
  // Lines from before the page followed are those of the search.
  expect(sent.slice(0, 4)).toEqual([":\n\n", "", `data: ${JSON.stringify([first, second])}\n\n`, ""]);
  expect(sent.slice(4)).toEqual([...Array(13).fill(""), ":\n\n"]);
  stream.destroy();
});
