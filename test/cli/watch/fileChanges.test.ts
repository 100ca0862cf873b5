/** Changes of files: by injected events and clock, and by the file system, as editors save. */
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FileChanges } from "../../../cli/watch/fileChanges";
import { stampOf } from "../../../cli/watch/stamps";
import { type Clock, systemClock } from "../../../local/cloud/clock";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "file-changes-"));
  file = path.join(directory, "hooks.ts");
  writeFileSync(file, "one");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const stamps = () => new Map([file, path.join(directory, "absent.ts")].map((name) => [name, stampOf(name)]));

/** A clock whose sleeps end when the test ends them, in order, with their durations. */
function steppedClock() {
  const sleeps: { millis: number; end: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (millis, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push({ millis, end: resolve });
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { clock, sleeps, turn };
}

test("an event leads to a look, and a change is known once the file rests", async () => {
  const { clock, sleeps, turn } = steppedClock();
  let event: () => void = () => undefined;
  const covered: string[][] = [];
  const changes = new FileChanges(clock, (onEvent) => {
    event = onEvent;
    return { cover: (directories) => covered.push([...directories]), close: () => covered.push([]) };
  });
  const files = stamps();
  let found: string[] | undefined;
  const next = changes
    .next(() => files, new AbortController().signal)
    .then((changed) => {
      found = changed;
    });
  await turn();
  expect(covered).toEqual([[directory]]);
  expect(sleeps.map(({ millis }) => millis)).toEqual([1000]);

  // Another file of the directory changes.
  event();
  await turn();
  expect(sleeps.map(({ millis }) => millis)).toEqual([1000, 1000]);

  appendFileSync(file, " two");
  event();
  await turn();
  expect(sleeps.map(({ millis }) => millis)).toEqual([1000, 1000, 80]);
  appendFileSync(file, " three");
  sleeps[2]?.end();
  await turn();
  expect([found, sleeps.length]).toEqual([undefined, 4]);
  sleeps[3]?.end();
  await next;
  expect(found).toEqual([file]);
  changes.close();
  expect(covered.at(-1)).toEqual([]);
});

test("without events, a change is found by the next look", async () => {
  const { clock, sleeps, turn } = steppedClock();
  const changes = new FileChanges(clock, () => ({ cover: () => undefined, close: () => undefined }));
  const files = stamps();
  const next = changes.next(() => files, new AbortController().signal);
  await turn();
  writeFileSync(path.join(directory, "absent.ts"), "now it is there");
  sleeps[0]?.end();
  await turn();
  sleeps[1]?.end();
  expect(await next).toEqual([path.join(directory, "absent.ts")]);
});

test("waiting ends with the signal's reason", async () => {
  const { clock, turn } = steppedClock();
  const changes = new FileChanges(clock, () => ({ cover: () => undefined, close: () => undefined }));
  const stop = new AbortController();
  const files = stamps();
  const next = changes.next(() => files, stop.signal);
  await turn();
  stop.abort(new Error("enough"));
  await expect(next).rejects.toThrow("enough");
  await expect(changes.next(() => files, stop.signal)).rejects.toThrow("enough");
});

describe("on the file system", () => {
  // Only events end this sleep: the next look is never.
  const eventsOnly: Clock = {
    now: systemClock.now,
    sleep: (millis, signal) => systemClock.sleep(millis === 1000 ? 100_000 : millis, signal),
  };
  const saves: [string, () => void][] = [
    ["writes the file", () => appendFileSync(file, " two")],
    [
      "renames a new file to it",
      () => {
        writeFileSync(`${file}.tmp`, "two");
        renameSync(`${file}.tmp`, file);
      },
    ],
    [
      "renames it away, and writes it again",
      () => {
        renameSync(file, `${file}~`);
        writeFileSync(file, "two");
      },
    ],
  ];
  test.each(saves)("an editor that %s is noticed, each time", async (_, save) => {
    const changes = new FileChanges(eventsOnly);
    const stop = new AbortController();
    try {
      for (let time = 0; time < 2; time++) {
        const files = stamps();
        const next = changes.next(() => files, stop.signal);
        save();
        expect(await next).toEqual([file]);
      }
    } finally {
      stop.abort();
      changes.close();
    }
  });

  test("a directory that is removed does not end the watch", async () => {
    const changes = new FileChanges(systemClock);
    const files = stamps();
    const next = changes.next(() => files, new AbortController().signal);
    rmSync(directory, { recursive: true });
    expect(await next).toEqual([file]);
    changes.close();
  });
});
