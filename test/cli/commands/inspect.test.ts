import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { dispatch } from "../../../cli/dispatch";
import { startRun } from "../../../cli/project/runs/startRun";
import { rawLineWriter, unformattedLine } from "../../../lake/envelope";
import { objectKey } from "../../../lake/objectKey";
import type { Reason } from "../../../lake/reasons";
import type { IncomingRecord } from "../../../lake/record";
import { testIo } from "../support/testIo";

const SHARD = "shardId-000000000002";
let cwd: string;
let run: string;
let bucket: string;

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "inspect-"));
  run = startRun(path.join(cwd, ".streamlake"), {
    project: "lake",
    stack: "dev",
    seed: 7,
    startedAt: "2026-11-20T10:00:00.000Z",
    outcome: { records: 3, balanced: true },
  });
  bucket = path.join(run, "s3", "lake-bucket");
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const record = (sequenceNumber: string, payload: Uint8Array): IncomingRecord => ({
  shard: SHARD,
  sequenceNumber,
  arrivedMillis: Date.parse("2026-11-20T10:04:09.123Z"),
  partitionKey: "k",
  payload,
});

function write(prefix: string, first: string, last: string, lines: string[]): void {
  const key = objectKey(prefix, "records", "2026-11-20T10", { shard: SHARD, first, last, count: lines.length });
  mkdirSync(path.dirname(path.join(bucket, key)), { recursive: true });
  writeFileSync(path.join(bucket, key), gzipSync(lines.join("")));
}

const refused = (sequenceNumber: string, payload: Uint8Array, reason: Reason, detail: string) =>
  unformattedLine(record(sequenceNumber, payload), "clicks", { reason, detail });

async function inspect(...argv: string[]) {
  const io = testIo({ cwd });
  const code = await dispatch(["inspect", ...argv], io);
  return { code, out: io.out(), err: io.err() };
}

test("records are counted by table, hour, reason and detail, once each though two objects hold them", async () => {
  const broken = (sequenceNumber: string) =>
    refused(sequenceNumber, Buffer.from("{"), "format", `json: ${sequenceNumber} bytes`);
  write("unformatted/", "100", "102", [
    broken("100"),
    broken("101"),
    refused("102", Buffer.alloc(0), "empty", "unknown: 0 bytes"),
  ]);
  write("unformatted/", "101", "101", [broken("101")]);
  write("raw/", "103", "103", [rawLineWriter(record("103", Buffer.alloc(1)), "clicks", "json")(0, "{}")]);
  const { code, out } = await inspect();
  expect(code).toBe(0);
  expect(out.toString()).toBe(
    [
      '3 unformatted records of the stack "dev", run of 2026-11-20T10:00:00.000Z',
      "",
      "records  table    hour           reason  detail            example",
      "───────  ───────  ─────────────  ──────  ────────────────  ──────────────────────────",
      `      2  records  2026-11-20T10  format  json: … bytes     ${SHARD}/100/0`,
      `      1  records  2026-11-20T10  empty   unknown: … bytes  ${SHARD}/102/0`,
      "",
    ].join("\n"),
  );
});

test("--record writes exactly the record's bytes, and says why on stderr", async () => {
  const payload = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  write("odd-prefix/", "7", "1000", [
    refused("7", Buffer.from("a"), "format", "d"),
    refused("1000", payload, "format", "unknown: 256 bytes"),
  ]);
  const { code, out, err } = await inspect("--record", `${SHARD}/1000/0`);
  expect(code).toBe(0);
  expect(out.equals(payload)).toBe(true);
  expect(err).toBe("format: unknown: 256 bytes (256 bytes, arrived 2026-11-20T10:04:09.123Z)\n");
});

test("--hex shows the bytes with their offsets", async () => {
  write("unformatted/", "7", "7", [refused("7", Buffer.from("Streamlake \u0000\u00ff!xyz"), "format", "d")]);
  const { out } = await inspect("--record", `${SHARD}/7/0`, "--hex");
  expect(out.toString()).toBe(
    "00000000  53 74 72 65 61 6d 6c 61 6b 65 20 00 c3 bf 21 78  Streamlake ...!x\n" +
      "00000010  79 7a                                            yz\n",
  );
});

test("a record that is not there, and a lake without unformatted records", async () => {
  expect(await inspect("--record", `${SHARD}/8/0`)).toMatchObject({
    code: 1,
    err: `streamlake inspect: there is no unformatted record ${SHARD}/8/0 in ${run}\n`,
  });
  const { code, out } = await inspect();
  expect([code, out.toString()]).toEqual([
    0,
    '0 unformatted records of the stack "dev", run of 2026-11-20T10:00:00.000Z\n',
  ]);
});
