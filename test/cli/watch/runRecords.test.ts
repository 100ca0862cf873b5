/** The records of a kept run: all of them, or a sample that covers the run. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readRunRecords } from "../../../cli/watch/runRecords";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "run-records-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Writes a shard's log as the local Kinesis does. */
function log(stream: string, shard: number, data: readonly string[]): string {
  const folder = path.join(directory, "kinesis", stream);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `shardId-${String(shard).padStart(12, "0")}.ndjson`);
  const lines = data.map((text, at) =>
    JSON.stringify({
      SequenceNumber: `4968${shard}${String(at).padStart(6, "0")}`,
      ApproximateArrivalTimestamp: 1795341862.885,
      PartitionKey: `key ${at}`,
      Data: Buffer.from(text).toString("base64"),
    }),
  );
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

test("every record is as Lambda receives it, by its stream", async () => {
  log("clicks", 0, ["a", "b"]);
  log("clicks", 3, ["c"]);
  log("orders", 0, ["d"]);
  const { total, taken, byStream } = await readRunRecords(directory, 10, 7);
  expect([total, taken]).toEqual([4, 4]);
  const clicks = byStream.clicks ?? [];
  expect(clicks.map(({ eventID }) => eventID)).toEqual([
    "shardId-000000000000:49680000000",
    "shardId-000000000000:49680000001",
    "shardId-000000000003:49683000000",
  ]);
  expect(clicks[1]?.kinesis).toEqual({
    kinesisSchemaVersion: "1.0",
    partitionKey: "key 1",
    sequenceNumber: "49680000001",
    data: "Yg==",
    approximateArrivalTimestamp: 1795341862.885,
  });
  expect(byStream.orders?.map(({ kinesis }) => kinesis.data)).toEqual(["ZA=="]);
});

test("of a larger run, a sample has one record of every so many, from the first to the last shard", async () => {
  const numbers = Array.from({ length: 1000 }, (_, at) => String(at));
  log("clicks", 0, numbers.slice(0, 700));
  log("clicks", 1, numbers.slice(700));
  const { total, taken, byStream } = await readRunRecords(directory, 100, 7);
  expect([total, taken]).toEqual([1000, 100]);
  const places = (byStream.clicks ?? []).map(({ kinesis }) => Number(Buffer.from(kinesis.data, "base64").toString()));
  expect(places.map((place) => Math.floor(place / 10))).toEqual(Array.from({ length: 100 }, (_, block) => block));
  expect(new Set(places.map((place) => place % 10)).size).toBeGreaterThan(5);
  const again = await readRunRecords(directory, 100, 7);
  expect(again).toEqual({ total, taken, byStream });
  expect((await readRunRecords(directory, 100, 8)).byStream).not.toEqual(byStream);
});

test("a run with large records is sampled by bytes", async () => {
  log(
    "clicks",
    0,
    Array.from({ length: 40 }, () => "x".repeat(12_000)),
  );
  const { total, taken } = await readRunRecords(directory, 40, 7);
  expect(total).toBe(40);
  // A line has 16,100 bytes: 40 lines of 1,600 bytes on average are about four of these.
  expect(taken).toBe(3);
});

test("a last line that is being written is left out", async () => {
  const file = log("clicks", 0, ["a"]);
  appendFileSync(file, '{"SequenceNumber":"49680000001","ApproximateArr');
  expect(await readRunRecords(directory, 10, 7)).toMatchObject({ total: 1, taken: 1 });
});

test("a run without streams has no records, and a damaged line is refused", async () => {
  expect(await readRunRecords(directory, 10, 7)).toEqual({ total: 0, taken: 0, byStream: {} });
  const file = log("clicks", 0, ["a"]);
  appendFileSync(file, '{"SequenceNumber":}\n');
  await expect(readRunRecords(directory, 10, 7)).rejects.toThrow(
    `streamlake watch: ${file} has a line that is no record`,
  );
});
