import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { dispatch } from "../../../cli/dispatch";
import { avro } from "../../../formats/avro/avro";
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

test("--input sends files of a directory: rows of CSV, lines of packed NDJSON and rows of Avro, each one record", async () => {
  mkdirSync(path.join(dir, "in"));
  writeFileSync(path.join(dir, "in/a.csv"), "id,name\n1,a\n2,b\n");
  writeFileSync(path.join(dir, "in/b.ndjson.gz"), gzipSync('{"id":3}\n{"id":4}\n'));
  const schemas = [{ type: "record", name: "order", fields: [{ name: "id", type: "long" }] }];
  writeFileSync(path.join(dir, "in/c.avro"), avro.encode([{ id: 5 }, { id: 6 }], { schemas }));
  writeFileSync(path.join(dir, "in/.hidden"), "x");
  const { code, out } = await produce(["--input", "in"]);
  expect(out.split("\n").slice(0, 2)).toEqual([
    "in/c.avro: rows of Avro, sent as NDJSON",
    "leaves out 1 hidden file: in/.hidden",
  ]);
  expect(code).toBe(0);
  const keys = ["a.csv/1", "a.csv/2", "b.ndjson.gz/1", "b.ndjson.gz/2", "c.avro/1", "c.avro/2"];
  const texts = ["id,name\n1,a\n", "id,name\n2,b\n", '{"id":3}', '{"id":4}', '{"id":5}\n', '{"id":6}\n'];
  expect(streamed().sort((left, right) => (left.key < right.key ? -1 : 1))).toEqual(
    keys.map((key, index) => ({ key, text: texts[index] })),
  );
});

test("--input - sends standard input", async () => {
  async function* stdin() {
    yield Buffer.from('{"id":1}\n{"id"');
    yield Buffer.from(":2}\n");
  }
  const io = testIo({ cwd: dir, stdin: stdin() });
  expect(await dispatch(["produce", "--stream", "clicks", "--endpoint-url", endpoint, "--input", "-"], io)).toBe(0);
  expect(
    streamed()
      .map(({ text }) => text)
      .sort(),
  ).toEqual(['{"id":1}', '{"id":2}']);
});

test.each<[string[], string]>([
  [["--input", "none.csv"], "streamlake produce: there is no file DIR/none.csv"],
  [["--input", "a.csv", "--csv", "a.csv"], "streamlake produce: --csv and --input send files; give only one of them"],
  [
    ["--input", "a.csv", "--records", "1"],
    "streamlake produce: --input sends files and --records generates records; give only one of them",
  ],
  [["--csv", "a.json"], "streamlake produce: DIR/a.json is JSON, not CSV"],
])("%j is refused before the first call", async (argv, message) => {
  writeFileSync(path.join(dir, "a.csv"), "a,b\n1,2\n");
  writeFileSync(path.join(dir, "a.json"), '[{"a":1}]');
  const { code, err } = await produce(argv);
  expect(err).toBe(`${message.replace("DIR", dir)}\n`);
  expect(code).not.toBe(0);
  expect(streamed()).toEqual([]);
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

test.each([
  ["none", "the streams are clicks"],
  ["click", "did you mean clicks?"],
])("a stream %s that does not exist is one line with those that do", async (name, hint) => {
  const io = testIo({ cwd: dir });
  expect(await dispatch(["produce", "--stream", name, "--endpoint-url", endpoint], io)).toBe(1);
  expect(io.err()).toBe(
    `streamlake produce: sending stopped after 0 records: Stream ${name} under account 000000000000 not found; ${hint}\n`,
  );
});
