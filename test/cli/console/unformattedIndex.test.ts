/** Unformatted records of a run in which an object is damaged or goes away. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { UnformattedIndex } from "../../../cli/console/unformattedIndex";
import { unformattedLine } from "../../../lake/envelope";
import type { Hour } from "../../../lake/hour";
import { objectKey } from "../../../lake/objectKey";
import { type SavedRun, SHARD, savedRun } from "../support/savedRun";

let saved: SavedRun;
beforeEach(() => {
  saved = savedRun();
});
afterEach(() => rmSync(saved.work, { recursive: true, force: true }));

const STAYS = new AbortController().signal;
const keyOf = (first: string) =>
  objectKey("unformatted/", "records", "2026-11-20T10", { shard: SHARD, first, last: first, count: 1 });
const fileOf = (key: string) => path.join(saved.run.directory, "s3", "lake-bucket", key);

test("an object that cannot be read is named, and the others are grouped, now and later", async () => {
  const index = new UnformattedIndex(saved.run.directory);
  const damaged = keyOf("050");
  writeFileSync(fileOf(damaged), "no gzip");
  for (const _ of [1, 2]) {
    expect((await index.groups()).map(({ records }) => records)).toEqual([2]);
    expect(await index.unreadable()).toEqual([
      { object: `s3://lake-bucket/${damaged}`, error: "incorrect header check" },
    ]);
    expect((await index.record(`${SHARD}/101/0`))?.key).toBe("order-4711");
  }
});

test("records are found by their reason, and by a text in id, key, detail or bytes", async () => {
  const index = new UnformattedIndex(saved.run.directory);
  const [hostile, broken] = [`${SHARD}/101/0`, `${SHARD}/102/0`];
  const found = async (reason: string, text: string) => {
    const { records, isCut } = await index.search(reason, text, STAYS);
    return [records.map(({ id }) => id), isCut];
  };
  expect((await index.search("format", "BROKEN", STAYS)).records).toEqual([
    {
      id: broken,
      key: "order-4711",
      arrived: "2026-11-20T10:04:09.123Z",
      stream: "in-stream",
      table: "records",
      detail: "json: 9 bytes do not parse as JSON (position 4)",
    },
  ]);
  expect(await found("format", "")).toEqual([[hostile, broken], false]);
  expect(await found("format", "ORDER-4711")).toEqual([[hostile, broken], false]);
  expect(await found("format", "/101/")).toEqual([[hostile], false]);
  expect(await found("format", "position 4")).toEqual([[hostile, broken], false]);
  expect(await found("format", "absent")).toEqual([[], false]);
  expect(await found("hook", "")).toEqual([[], false]);
});

test("a search ends after 200 records, those of the newest hours, and a record in two objects counts once", async () => {
  const index = new UnformattedIndex(saved.run.directory);
  land("2026-11-20T11", 200);
  land("2026-11-20T09", 10);
  land("2026-11-20T09", 10, "/again");
  const { records, isCut } = await index.search("too-large", "", STAYS);
  expect([records.length, isCut]).toEqual([200, true]);
  expect(new Set(records.map(({ arrived }) => arrived.slice(0, 13)))).toEqual(new Set(["2026-11-20T11"]));
  expect((await index.search("too-large", "2026-11-20T09", STAYS)).records).toHaveLength(10);
});

test("a search ends between two objects when its page has gone", async () => {
  const index = new UnformattedIndex(saved.run.directory);
  for (const hour of ["2026-11-20T09", "2026-11-20T10", "2026-11-20T11"]) land(hour, 1);
  await index.groups();
  const page = new AbortController();
  const search = index.search("too-large", "", page.signal);
  setImmediate(() => page.abort(new Error("the page has gone")));
  await expect(search).rejects.toThrow("the page has gone");
});

/** Unformatted records of the reason "too-large". */
function land(hour: string, count: number, folder = ""): void {
  const lines = Array.from({ length: count }, (_, place) => {
    const record = {
      shard: SHARD,
      sequenceNumber: String(Number(hour.slice(11)) * 1000 + place),
      arrivedMillis: Date.parse(`${hour}:04:09.123Z`),
      partitionKey: hour,
      payload: Buffer.from("{}"),
    };
    return unformattedLine(record, "in-stream", { reason: "too-large", detail: "large", format: "json" });
  });
  const file = path.join(
    saved.run.directory,
    `s3/lake-bucket${folder}`,
    objectKey("unformatted/", "records", hour as Hour, { shard: SHARD, first: "1", last: "9", count }),
  );
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(lines.join("")));
}

test("an object that is deleted while it is read is skipped", async () => {
  const index = new UnformattedIndex(saved.run.directory);
  const [name = ""] = readdirSync(path.dirname(fileOf(keyOf("1"))));
  const groups = index.groups();
  rmSync(fileOf(path.join(path.dirname(keyOf("1")), name)));
  expect(await groups).toEqual([]);
  expect(await index.unreadable()).toEqual([]);
});
