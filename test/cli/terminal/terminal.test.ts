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

test("elsewhere only finished steps are written", () => {
  const out = fakeTerminal(false);
  const progress = createProgress(out, { now: () => 0, sleep: async () => undefined });
  progress.update("sending");
  progress.done("Sent");
  expect(out.written).toEqual(["Sent\n"]);
});

test.each<[string, boolean, Record<string, string>, string]>([
  ["a terminal", true, {}, "\u001b[1mx\u001b[0m"],
  ["a pipe", false, {}, "x"],
  ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, "x"],
  ["a terminal that cannot", true, { TERM: "dumb" }, "x"],
])("colour on %s", (_, isTTY, env, expected) => {
  expect(createPaint(fakeTerminal(isTTY), env).strong("x")).toBe(expected);
});

test("durations are short", () => {
  expect([duration(0), duration(1449), duration(59_999), duration(125_000)]).toEqual([
    "0.0 s",
    "1.4 s",
    "60.0 s",
    "2 min 5 s",
  ]);
});
