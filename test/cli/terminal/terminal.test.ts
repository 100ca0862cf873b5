import { createProgress } from "../../../cli/terminal/progress";
import { createPaint, duration } from "../../../cli/terminal/wording";

function fakeTerminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 12, written, write: (chunk: string | Uint8Array) => written.push(String(chunk)) };
}

test("on a terminal one line rewrites itself, at most ten times a second, and gives way to finished steps", () => {
  let now = 0;
  const out = fakeTerminal(true);
  const progress = createProgress(out, { now: () => now, sleep: async () => undefined });
  progress.update("sending 1 of many");
  now = 99;
  progress.update("sending 2 of many");
  now = 100;
  progress.update("sending 3");
  progress.done("Sent");
  progress.clear();
  expect(out.written).toEqual(["\r\u001b[Ksending 1 o", "\r\u001b[Ksending 3", "\r\u001b[K", "Sent\n"]);
});

test("elsewhere finished steps are written, and one line every five seconds while a step lasts", () => {
  let now = 0;
  const out = fakeTerminal(false);
  const progress = createProgress(out, { now: () => now, sleep: async () => undefined });
  const at = (seconds: number, bytes: number) => {
    now = seconds * 1000;
    progress.update({ what: "sending", bytes, ofBytes: 1000 });
  };
  at(0, 0);
  at(4.9, 400);
  at(5, 500);
  at(9.9, 600);
  progress.done("Sent");
  at(14, 700);
  at(15, 900);
  expect(out.written).toEqual([
    "sending 500 B of 1.0 kB, 100 B/s, 5.0 s left\n",
    "Sent\n",
    "sending 900 B of 1.0 kB, 40 B/s, 2.5 s left\n",
  ]);
});

describe("while work lasts", () => {
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test("a line appears at least every two seconds, though nothing is measured", async () => {
    const start = clock.now();
    const times: number[] = [];
    const out = { isTTY: true, columns: 80, write: () => times.push(clock.now() - start) };
    const work = new Promise((resolve) => setTimeout(() => resolve("done"), 20_000));
    const result = createProgress(out, clock).during(work, () => "running the hourly step");
    await jest.advanceTimersByTimeAsync(20_000);
    expect(await result).toBe("done");
    const silences = times.map((time, index) => time - (times[index - 1] ?? 0));
    expect(Math.max(...silences)).toBeLessThanOrEqual(2000);
    expect(times.at(-1)).toBeGreaterThanOrEqual(18_000);
  });

  test("without a terminal, a line appears every five seconds", async () => {
    const out = fakeTerminal(false);
    const work = new Promise((resolve) => setTimeout(resolve, 12_000));
    const result = createProgress(out, clock).during(work, () => "running the hourly step");
    await jest.advanceTimersByTimeAsync(12_000);
    await result;
    expect(out.written).toEqual(["running the hourly step, 5.0 s\n", "running the hourly step, 10.0 s\n"]);
  });

  test("its failure is the failure, and nothing is shown afterwards", async () => {
    const out = fakeTerminal(true);
    const result = createProgress(out, clock).during(Promise.reject(new Error("broken")), () => "working");
    await expect(result).rejects.toThrow("broken");
    const shown = out.written.length;
    await jest.advanceTimersByTimeAsync(5000);
    expect(out.written).toHaveLength(shown);
  });

  test("a failure to describe the step is not hidden", async () => {
    const progress = createProgress(fakeTerminal(true), clock);
    const step = () => {
      throw new Error("no step");
    };
    await expect(progress.during(new Promise(() => undefined), step)).rejects.toThrow("no step");
  });
});

test.each<[string, boolean, Record<string, string>, string]>([
  ["a terminal", true, {}, "\u001b[1mx\u001b[0m"],
  ["a pipe", false, {}, "x"],
  ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, "x"],
  ["a terminal that cannot", true, { TERM: "dumb" }, "x"],
])("colour on %s", (_, isTTY, env, expected) => {
  expect(createPaint({ stdout: fakeTerminal(isTTY), env }).strong("x")).toBe(expected);
});

test("durations are short", () => {
  expect([duration(0), duration(1449), duration(59_999), duration(125_000)]).toEqual([
    "0.0 s",
    "1.4 s",
    "60.0 s",
    "2 min 5 s",
  ]);
});
