import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dispatch } from "../../../cli/dispatch";
import type { Clock } from "../../../local/cloud/clock";
import { systemClock } from "../../../local/cloud/clock";
import type { Cloud } from "../../../local/cloud/cloud";
import { createCloud } from "../../../local/cloud/createCloud";
import { seededRandom } from "../../../local/cloud/random";
import { type KinesisService, kinesisService } from "../../../local/services/kinesis/service";
import { testIo } from "../support/testIo";

let dir: string;
let cloud: Cloud;
let kinesis: KinesisService;
let endpoint: string;

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "produce-"));
  cloud = createCloud({
    region: "us-east-1",
    accountId: "000000000000",
    clock: systemClock,
    random: seededRandom(1),
    dataDir: dir,
  });
  kinesis = kinesisService(cloud);
  cloud.register(kinesis);
  endpoint = await cloud.listen(0);
  await kinesis.resources["aws:kinesis/stream:Stream"]?.create({
    type: "aws:kinesis/stream:Stream",
    name: "clicks",
    inputs: { name: "clicks", shardCount: 2 },
  });
});
afterEach(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface StreamRecord {
  readonly key: string;
  readonly text: string;
}

/** Everything in the stream, in no order that matters between shards. */
function streamed(): StreamRecord[] {
  return kinesis.shardLogs("clicks").flatMap(({ path: file }) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { PartitionKey: string; Data: string })
      .map(({ PartitionKey, Data }) => ({ key: PartitionKey, text: Buffer.from(Data, "base64").toString() })),
  );
}

async function produce(argv: string[], clock: Clock = systemClock) {
  const io = testIo({ cwd: dir, clock, random: () => 0.25 });
  const code = await dispatch(["produce", "--stream", "clicks", "--endpoint-url", endpoint, ...argv], io);
  return { code, out: io.out().toString(), err: io.err() };
}

test("generated records arrive, each once, in more than one shard", async () => {
  const { code, out } = await produce(["--records", "1200", "--malformed", "0.25"]);
  expect(out).toMatch(/^sent 1,200 records \(300 malformed\) to clicks in \d+\.\d s\n$/);
  expect(code).toBe(0);
  expect(streamed()).toHaveLength(1200);
  expect(kinesis.shardLogs("clicks").every(({ records }) => records > 0)).toBe(true);
});

test("a CSV file's rows arrive as their own bytes, each with the header", async () => {
  writeFileSync(path.join(dir, "orders.csv"), 'id;name\r\n1;"a;b"\r\n2;x\r\n');
  const calls: number[] = [];
  kinesis.onPut(({ records }) => void calls.push(records));
  expect(await produce(["--csv", "orders.csv", "--batch", "2"])).toMatchObject({ code: 0 });
  expect(streamed().sort((left, right) => (left.key < right.key ? -1 : 1))).toEqual([
    { key: "orders.csv/1", text: 'id;name\r\n1;"a;b"\r\n' },
    { key: "orders.csv/2", text: "id;name\r\n2;x\r\n" },
  ]);
});

test("--rows-only sends rows without the header", async () => {
  writeFileSync(path.join(dir, "orders.csv"), "id,name\n1,a\n2,b");
  await produce(["--csv", "orders.csv", "--rows-only"]);
  expect(
    streamed()
      .map(({ text }) => text)
      .sort(),
  ).toEqual(["1,a\n", "2,b"]);
});

test("one PutRecords call takes a batch of rows, and refused records go again until they are in", async () => {
  const rows = Array.from({ length: 125 }, (_, row) => `${row},x\n`);
  writeFileSync(path.join(dir, "rows.csv"), ["id,name\n", ...rows].join(""));
  const put = kinesis.operations.PutRecords;
  if (!put) throw new Error("no PutRecords");
  const sizes: number[] = [];
  const run = put.run.bind(put);
  jest.spyOn(put, "run").mockImplementation((input: { Records: unknown[] }, context) => {
    sizes.push(input.Records.length);
    return run(input, context);
  });
  kinesis.setFaults({ putRecords: { failEveryNth: 10 } });
  expect(await produce(["--csv", "rows.csv", "--batch", "50"])).toMatchObject({ code: 0 });
  expect(sizes.filter((size) => size >= 25)).toEqual([50, 50, 25]);
  expect(sizes.length).toBeGreaterThan(3);
  const found = streamed().map(({ text }) => text.split("\n")[1]);
  expect(found.sort()).toEqual(Array.from({ length: 125 }, (_, row) => `${row},x`).sort());
});

test("--delay pauses between records for seconds out of its range", async () => {
  const slept: number[] = [];
  const clock: Clock = { now: () => systemClock.now(), sleep: async (millis) => void slept.push(millis) };
  expect(await produce(["--records", "4", "--delay", "1-5"], clock)).toMatchObject({ code: 0 });
  expect(slept).toEqual([2000, 2000, 2000]);
  expect(streamed()).toHaveLength(4);
});

test("a stream that does not exist is one clear line", async () => {
  const io = testIo({ cwd: dir });
  expect(await dispatch(["produce", "--stream", "none", "--endpoint-url", endpoint], io)).toBe(1);
  expect(io.err()).toBe("sending stopped after 0 records: Stream none under account 000000000000 not found.\n");
});
