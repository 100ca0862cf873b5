/** Work that a command waits for: shown on standard error while it lasts, and removed from a terminal. */
import { waitingFor } from "../../../cli/terminal/waitingFor";
import type { Clock } from "../../../local/cloud/clock";
import { testIo } from "../support/testIo";

/** Each look at the clock finds it this much later. */
function steppingClock(millis: number): Clock {
  let now = 0;
  return {
    now: () => {
      now += millis;
      return now;
    },
    sleep: async () => undefined,
  };
}

test("without a terminal, short work prints nothing", async () => {
  const io = testIo({ clock: steppingClock(1000) });
  expect(
    await waitingFor(
      () => "waiting for the workgroup lake",
      io,
      async () => 7,
    ),
  ).toBe(7);
  expect(io.err()).toBe("");
});

test("without a terminal, work prints a line each five seconds", async () => {
  const io = testIo({ clock: steppingClock(6000) });
  await waitingFor(
    () => "waiting for the workgroup lake",
    io,
    async () => undefined,
  );
  expect(io.err()).toBe("waiting for the workgroup lake\n");
  expect(io.out().toString()).toBe("");
});

test("on a terminal the line is removed, also when the work fails", async () => {
  const written: string[] = [];
  const stderr = { isTTY: true, columns: 80, write: (chunk: string) => written.push(chunk) };
  const io = testIo({ clock: steppingClock(1000), stderr: stderr as never });
  const failing = waitingFor(
    () => "waiting",
    io,
    async () => {
      throw new Error("refused");
    },
  );
  await expect(failing).rejects.toThrow("refused");
  expect(written).toEqual(["\r\u001b[Kwaiting", "\r\u001b[K"]);
});
