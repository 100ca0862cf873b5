/** The watch with an injected router process, events and clock: what it prints, in order, and when it routes again. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { Interrupted } from "../../../cli/errors";
import type { FailedAnswer, RoutedAnswer, RouterOutput } from "../../../cli/watch/messages";
import { type Stamps, stampOf } from "../../../cli/watch/stamps";
import { watchProgram } from "../../../cli/watch/watch";
import type { Clock } from "../../../local/cloud/clock";
import { testIo } from "../support/testIo";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "watch-"));
  for (const name of ["index.ts", "hooks.ts"]) writeFileSync(path.join(directory, name), name);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A watch whose routings, events and sleeps the test ends. */
function start() {
  const stop = new AbortController();
  const sleeps: { millis: number; end: () => void; isOver: boolean }[] = [];
  const clock: Clock = {
    now: () => Date.UTC(2026, 10, 21, 10, 4, 9),
    sleep: (millis, signal) =>
      new Promise((resolve, reject) => {
        const sleep = { millis, isOver: false, end: () => undefined };
        const over = (settle: () => void) => () => {
          sleep.isOver = true;
          settle();
        };
        sleeps.push(Object.assign(sleep, { end: over(resolve) }));
        signal?.addEventListener(
          "abort",
          over(() => reject(signal.reason)),
        );
      }),
  };
  const io = testIo({ cwd: directory, clock, signal: stop.signal });
  const calls: string[] = [];
  let event: () => void = () => undefined;
  let routing: { read: (files: Stamps) => void; answer: (answer: RoutedAnswer | FailedAnswer) => void } | undefined;
  const ended: FailedAnswer = { kind: "failed", problem: "ended", isReusable: false };
  const watching = watchProgram(
    { settings: { stack: "dev", seed: 7, lookups: undefined, records: {} }, maxExamples: 3 },
    io,
    {
      openRouter: () => ({
        route: (onRead) => {
          calls.push("route");
          return new Promise((resolve) => {
            routing = { read: onRead, answer: resolve };
          });
        },
        end: () => {
          calls.push("end");
          routing?.answer(ended);
        },
        close: () => calls.push("close"),
      }),
      openWatch: (onEvent) => {
        event = onEvent;
        return { cover: () => undefined, close: () => calls.push("closed watch") };
      },
    },
  );
  const files = () =>
    new Map(["index.ts", "hooks.ts"].map((name) => [path.join(directory, name), stampOf(path.join(directory, name))]));
  const endSleeps = async (millis: number) => {
    for (const sleep of sleeps.filter((one) => one.millis === millis && !one.isOver)) sleep.end();
    await turns();
  };
  return {
    io,
    calls,
    watching,
    interrupt: () => stop.abort(new Interrupted()),
    read: () => routing?.read(files()),
    answer: async (answer: RoutedAnswer | FailedAnswer) => {
      routing?.answer(answer);
      await turns();
    },
    /** Saves a file, and lets it rest. */
    save: async (name: string, text: string) => {
      writeFileSync(path.join(directory, name), text);
      event();
      await turns();
      await endSleeps(80);
    },
    endSleeps,
    printed: () => io.out().toString().split("\n").slice(0, -1),
  };
}

const KEY = "dt=2026-11-20/hour=10/shardId-000000000000-1-9-1.ndjson.gz";

function output(name: string, rows: Record<string, object>, changes: Partial<RouterOutput> = {}): RouterOutput {
  const lines = Object.entries(rows).map(([_id, data]) => `${JSON.stringify({ _id, _format: "json", data })}\n`);
  const objects = new Map(lines.length > 0 ? [[`raw/records/${KEY}`, gzipSync(lines.join(""))]] : []);
  return { name, stream: "in-stream", records: 2, rawPrefix: "raw/", objects, failed: [], ...changes };
}

const routed = (...routers: RouterOutput[]): RoutedAnswer => ({
  kind: "routed",
  routers,
  millis: 312,
  isReusable: true,
});
const failed = (problem: string): FailedAnswer => ({ kind: "failed", problem, isReusable: true });

test("each save routes again, and prints what differs from the routing before", async () => {
  const watch = start();
  watch.read();
  await watch.answer(routed(output("router", { "s/1/0.0": { a: 1 } })));
  expect(watch.printed()).toEqual(["10:04:09  2 records routed in 0.3 s: 1 row (records 1), 0 unformatted"]);

  await watch.save("hooks.ts", "two");
  expect(watch.calls).toEqual(["route", "route"]);
  watch.read();
  await watch.answer(routed(output("router", { "s/1/0.0": { a: 2 } })));
  expect(watch.printed().slice(1)).toEqual([
    "10:04:09  hooks.ts: 2 records routed in 0.3 s: 1 row (records 1), 0 unformatted",
    "  records: 1 row changed",
    "    row      column  before  after  _id",
    "    ───────  ──────  ──────  ─────  ───────",
    "    changed  a            1      2  s/1/0.0",
  ]);

  await watch.save("index.ts", "three");
  watch.read();
  await watch.answer(routed(output("router", { "s/1/0.0": { a: 2 } })));
  expect(watch.printed().slice(6)).toEqual([
    "10:04:09  index.ts: 2 records routed in 0.3 s: 1 row (records 1), 0 unformatted",
    "  no row and no reason differs",
  ]);
  watch.interrupt();
  await expect(watch.watching).rejects.toThrow(Interrupted);
  expect(watch.calls).toEqual(["route", "route", "route", "closed watch", "close"]);
});

test("a program that does not load is one line; what lands next is compared with what landed last", async () => {
  const watch = start();
  watch.read();
  await watch.answer(routed(output("router", { "s/1/0.0": { a: 1 } })));
  await watch.save("hooks.ts", "tw");
  watch.read();
  await watch.answer(failed('hooks.ts:3: Unexpected "="'));
  expect(watch.printed().slice(1)).toEqual(['10:04:09  hooks.ts:3: Unexpected "="']);

  // A file that was missing may have appeared; the same problem is not printed again.
  await watch.save("other.ts", "new");
  expect(watch.calls).toHaveLength(3);
  watch.read();
  await watch.answer(failed('hooks.ts:3: Unexpected "="'));
  expect(watch.printed()).toHaveLength(2);

  // After a save of the program, it is.
  await watch.save("hooks.ts", "two, still wrong");
  watch.read();
  await watch.answer(failed('hooks.ts:3: Unexpected "="'));
  expect(watch.printed()).toHaveLength(3);

  await watch.save("hooks.ts", "two");
  watch.read();
  await watch.answer(routed(output("router", {})));
  expect(watch.printed().slice(3)).toEqual([
    "10:04:09  hooks.ts: 2 records routed in 0.3 s: 0 rows, 0 unformatted",
    "  records: 1 row removed",
    "    row      column  before   after  _id",
    "    ───────  ──────  ───────  ─────  ───────",
    '    removed          {"a":1}         s/1/0.0',
  ]);
  // The program loads, so files beside it are of no interest.
  await watch.save("third.ts", "new");
  expect(watch.calls).toHaveLength(5);
  watch.interrupt();
  await expect(watch.watching).rejects.toThrow(Interrupted);
});

test("a hook that does not end is noted; the next save ends its process", async () => {
  const watch = start();
  watch.read();
  await watch.endSleeps(10_000);
  expect(watch.printed()).toEqual(["10:04:09  still routing after 10.0 s; if a hook does not end, change it"]);
  await watch.save("hooks.ts", "two");
  expect(watch.calls).toEqual(["route"]);
  await watch.endSleeps(1000);
  expect(watch.calls).toEqual(["route", "end", "route"]);
  watch.read();
  await watch.answer(routed(output("router", {})));
  expect(watch.printed()).toHaveLength(2);
  watch.interrupt();
  await expect(watch.watching).rejects.toThrow(Interrupted);
});

test("a save while records are routed drops that routing, whose process stays", async () => {
  const watch = start();
  watch.read();
  await watch.save("hooks.ts", "two");
  await watch.answer(routed(output("router", { "s/1/0.0": { a: 1 } })));
  expect([watch.calls, watch.printed()]).toEqual([["route", "route"], []]);
  watch.interrupt();
  await expect(watch.watching).rejects.toThrow(Interrupted);
});

test("a program without a router ends the watch", async () => {
  const watch = start();
  const ended = expect(watch.watching).rejects.toThrow(
    "streamlake watch: the program declares no FormatRouter, so no records can be routed; hooks of other components are not watched",
  );
  watch.read();
  await watch.answer(routed());
  await ended;
  expect(watch.printed()).toEqual([]);
});

test("routers are compared by name; streams without records and failed batches are named", async () => {
  const watch = start();
  watch.read();
  const lost = [{ records: 2, error: "no secret" }];
  await watch.answer(
    routed(output("a", { "s/1/0.0": {} }), output("b", {}, { failed: lost }), output("c", {}, { records: undefined })),
  );
  expect(watch.printed()).toEqual([
    "10:04:09  4 records routed in 0.3 s: 1 row (records 1), 0 unformatted",
    '  router "b":',
    "  FAILED: 2 records of a batch: no secret",
    '  router "c":',
    '  the run has no records of the stream in-stream, which "c" reads',
  ]);
  await watch.save("index.ts", "two");
  watch.read();
  await watch.answer(routed());
  expect(watch.printed().slice(5)).toEqual([
    "10:04:09  index.ts: 0 records routed in 0.3 s: 0 rows, 0 unformatted",
    "  the program declares no FormatRouter, so nothing is routed",
    '  router "a": no longer in the program',
    '  router "b": no longer in the program',
    '  router "c": no longer in the program',
  ]);
  watch.interrupt();
  await expect(watch.watching).rejects.toThrow(Interrupted);
});
