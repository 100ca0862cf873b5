import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { dispatch } from "../../../cli/dispatch";
import { Interrupted } from "../../../cli/errors";
import { MARKER } from "../../../cli/project/runs/marker";
import { startRun } from "../../../cli/project/runs/startRun";
import type { Io } from "../../../cli/terminal/io";
import { rawLineWriter, unformattedLine } from "../../../lake/envelope";
import { hourOf } from "../../../lake/hour";
import { objectKey } from "../../../lake/objectKey";
import type { IncomingRecord } from "../../../lake/record";
import { testIo } from "../support/testIo";

const SHARD = "shardId-000000000002";
const NOW = Date.parse("2026-11-20T10:30:00.000Z");
let cwd: string;
let run: string;

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "tail-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function start(marker: object = { pid: process.pid }): void {
  run = startRun(path.join(cwd, ".streamlake"), {
    project: "lake",
    stack: "dev",
    seed: 7,
    startedAt: "2026-11-20T10:00:00.000Z",
    outcome: { records: 3, balanced: true },
    ...marker,
  });
}

const record = (sequenceNumber: string, payload: Uint8Array = new Uint8Array()): IncomingRecord => ({
  shard: SHARD,
  sequenceNumber,
  arrivedMillis: Date.parse("2026-11-20T10:04:09.123Z"),
  partitionKey: "k",
  payload,
});
const row = (sequenceNumber: string, json: string) => rawLineWriter(record(sequenceNumber), "clicks", "json")(0, json);

function land(prefix: string, table: string, number: string, line: string, landedAt = NOW): void {
  const range = { shard: SHARD, first: number, last: number, count: 1 };
  const file = path.join(run, "s3", "bucket", objectKey(prefix, table, hourOf(NOW), range));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(line));
  utimesSync(file, landedAt / 1000, landedAt / 1000);
}

/** @param looks does one of them between looks, then presses Ctrl-C */
async function tail(argv: readonly string[], looks: readonly (() => void)[] = [], changes: Partial<Io> = {}) {
  const interrupt = new AbortController();
  const rest = [...looks];
  const clock = {
    now: () => NOW,
    sleep: async () => {
      const next = rest.shift();
      if (next) return next();
      interrupt.abort(new Interrupted());
      throw interrupt.signal.reason;
    },
  };
  const io = testIo({ cwd, clock, signal: interrupt.signal, ...changes });
  const code = await dispatch(["tail", ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

test("rows are printed once as they land, with their table and whole numbers, until Ctrl-C", async () => {
  start();
  land("raw/", "records", "100", row("100", "{}"));
  const looks = [
    () => land("raw/", "orders", "102", row("102", '{"total":12345678901234567890.10}')),
    () => undefined,
    () => land("raw/", "records", "101", row("101", '{"a":1}')),
  ];
  expect(await tail([], looks)).toEqual({
    code: 130,
    out: [
      `{"_table":"orders","_id":"${SHARD}/102/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"clicks","_key":"k","data":{"total":12345678901234567890.10}}`,
      `{"_table":"records","_id":"${SHARD}/101/0.0","_arrived":"2026-11-20T10:04:09.123Z","_format":"json","_stream":"clicks","_key":"k","data":{"a":1}}`,
      "",
    ].join("\n"),
    err: "",
  });
});

test("--since begins with what has landed since then, and --table leaves other tables out", async () => {
  start();
  land("raw/", "records", "100", row("100", '{"a":1}'), NOW - 700_000);
  land("raw/", "records", "101", row("101", '{"a":2}'), NOW - 500_000);
  land("raw/", "orders", "102", row("102", '{"a":3}'), NOW - 500_000);
  const { out } = await tail(["rows", "--since", "10m", "--table", "records"]);
  expect(out.match(/"data":.*$/gm)).toEqual(['"data":{"a":2}}']);
});

test.each(["text", "ndjson"])(
  "as %s, lines without a JSON object are left out by name, and the others go on",
  async (output) => {
    start();
    const looks = [
      () => land("raw/", "records", "100", `nonsense\n${row("100", '{"a":1}').trimEnd()}\n[1]\n`),
      () => land("raw/", "records", "101", row("101", '{"a":2}')),
    ];
    const { code, out, err } = await tail(["--output", output], looks);
    expect(code).toBe(130);
    expect(out.match(/\{"a":\d\}/g)).toEqual(['{"a":1}', '{"a":2}']);
    const key = objectKey("raw/", "records", hourOf(NOW), { shard: SHARD, first: "100", last: "100", count: 1 });
    expect(err).toBe(`streamlake tail: ${key}: left out 2 lines of 3 without a JSON object, the first is line 1\n`);
  },
);

test("on a terminal, lines are aligned and cut to its width, and hostile control codes are escaped", async () => {
  start();
  const hostile = "\u001b]0;owned\u0007\u009b31m\u007f\u202e";
  const looks = [
    () => land("raw/", "records", "100", row("100", JSON.stringify({ text: hostile }))),
    () => land("raw/", "orders", "101", row("101", JSON.stringify({ text: "x".repeat(200) }))),
  ];
  const out: string[] = [];
  const stdout = { write: (chunk: string | Uint8Array) => out.push(String(chunk)), isTTY: true, columns: 80 };
  expect((await tail(["--color", "never"], looks, { stdout })).code).toBe(130);
  expect(out).toEqual([
    '10:04:09  records  json  {"text":"\\u001b]0;owned\\u0007\\u009b31m\\u007f\\u202e"}\n',
    `10:04:09  orders   json  {"text":"${"x".repeat(45)}…\n`,
  ]);
});

test("unformatted records have their reason, and C1 codes are escaped for programs too", async () => {
  start();
  const line = (number: string) =>
    unformattedLine(record(number, Buffer.from("{")), "clicks", { reason: "format", detail: "json: \u009b1 byte" });
  const looks = [() => land("unformatted/", "records", "100", line("100"))];
  const { out } = await tail(["unformatted"], looks);
  expect(out).toBe(
    `{"_table":"records","id":"${SHARD}/100/0","arrived":"2026-11-20T10:04:09.123Z","reason":"format","detail":"json: \\u009b1 byte","stream":"clicks","key":"k","payload":"ew=="}\n`,
  );
  const text = await tail(["unformatted", "--output", "text", "--since", "1h"]);
  expect(text.out).toBe(`10:04:09  records  format  json: \\u009b1 byte (1 B) ${SHARD}/100/0\n`);
});

test("a look leaves out what exceeds --max-mebibytes, and says how much on stderr", async () => {
  start();
  const large = JSON.stringify({
    text: [...Array(60_000).keys()].map((at) => (at * 2_654_435_761).toString(36)).join(""),
  });
  const looks = [
    () => {
      for (const number of ["100", "101", "102"]) land("raw/", "records", number, row(number, large));
      for (const number of ["103", "104", "105"]) land("raw/", "records", number, row(number, large));
    },
  ];
  const { out, err } = await tail(["--max-mebibytes", "1"], looks);
  const lines = out.split("\n").length - 1;
  expect(lines).toBeGreaterThan(0);
  expect(lines).toBeLessThan(6);
  expect(err).toMatch(
    new RegExp(
      `^streamlake tail: left out ${6 - lines} objects? \\([\\d.]+ [kM]B\\) that landed at once; --max-mebibytes reads more\n$`,
    ),
  );
});

test("it ends with the served run, after what landed last", async () => {
  start();
  const looks = [
    () => {
      land("raw/", "records", "100", row("100", '{"a":1}'));
      writeFileSync(
        path.join(run, MARKER),
        JSON.stringify({
          project: "lake",
          stack: "dev",
          seed: 7,
          startedAt: "2026-11-20T10:00:00.000Z",
          outcome: { records: 1, balanced: true },
        }),
      );
    },
  ];
  const { code, out, err } = await tail([], looks);
  expect({ code, err }).toEqual({ code: 0, err: "streamlake tail: the run 20261120-100000 has ended\n" });
  expect(out).toContain('"data":{"a":1}');
});

test("a run that is over is refused by name", async () => {
  start({ pid: undefined });
  expect(await tail([])).toEqual({
    code: 1,
    out: "",
    err: "streamlake tail: the run 20261120-100000 is over (ended), and nothing lands in it; serve one with: streamlake local --serve. The rows of this one: streamlake query\n",
  });
});

test.each([
  [["columns"], 'streamlake tail: it prints rows or unformatted, not "columns"\n'],
  [["--prefix", "a/"], "streamlake tail: --prefix needs --deployed or --outputs\n"],
  [["--since", "3x"], 'streamlake tail: --since must be a time such as 10s or 5m, at most 24h, not "3x"\n'],
])("%j is a wrong command line", async (argv, err) => {
  expect(await tail(argv)).toEqual({ code: 2, out: "", err });
});
