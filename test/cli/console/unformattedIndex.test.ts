/** Unformatted records of a run in which an object is damaged or goes away. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UnformattedIndex } from "../../../cli/console/unformattedIndex";
import { objectKey } from "../../../lake/objectKey";
import { type SavedRun, SHARD, savedRun } from "../support/savedRun";

let saved: SavedRun;
beforeEach(() => {
  saved = savedRun();
});
afterEach(() => rmSync(saved.work, { recursive: true, force: true }));

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

test("an object that is deleted while it is read is skipped", async () => {
  const index = new UnformattedIndex(saved.run.directory);
  const [name = ""] = readdirSync(path.dirname(fileOf(keyOf("1"))));
  const groups = index.groups();
  rmSync(fileOf(path.join(path.dirname(keyOf("1")), name)));
  expect(await groups).toEqual([]);
  expect(await index.unreadable()).toEqual([]);
});
