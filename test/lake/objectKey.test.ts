import fc from "fast-check";
import { hourOf } from "../../lake/hour";
import { objectKey, parseObjectKey } from "../../lake/objectKey";

const digits = fc.bigInt({ min: 1n, max: 10n ** 56n }).map(String);
const prefix = fc
  .array(fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/), { minLength: 0, maxLength: 3 })
  .map((folders) => folders.map((folder) => `${folder}/`).join(""));
const landed = fc.record({
  prefix,
  table: fc.stringMatching(/^[a-z0-9_]{1,20}$/),
  hour: fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }).map(hourOf),
  shard: fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/),
  first: digits,
  last: digits,
  count: fc.integer({ min: 1, max: 10_000_000 }),
});

test("the key names table, hour, shard, the whole range and the count", () => {
  const range = { shard: "shardId-000000000003", first: "4965", last: "4971", count: 12 };
  expect(objectKey("raw/", "clicks", "2026-11-20T10", range)).toBe(
    "raw/clicks/dt=2026-11-20/hour=10/shardId-000000000003-4965-4971-12.ndjson.gz",
  );
});

test("the key ends with the digest of the lines' ids, and reads back with it, with that of a replay, and without", () => {
  const range = { shard: "shardId-000000000003", first: "4965", last: "4971", count: 12 };
  const key = objectKey("raw/", "clicks", "2026-11-20T10", range, "0123456789abcdef");
  expect(key).toBe("raw/clicks/dt=2026-11-20/hour=10/shardId-000000000003-4965-4971-12-d0123456789abcdef.ndjson.gz");
  for (const one of [key, key.replace("-d0", "-r0"), key.replace(/-d\w+/, "")]) {
    expect(parseObjectKey(one)).toEqual({ key: one, table: "clicks", hour: "2026-11-20T10", ...range });
  }
  expect(parseObjectKey(key.replace("-d0", "-e0"))).toBeUndefined();
});

test("a key of ours reads back", () => {
  const key = "a/b/raw/clicks/dt=2026-11-20/hour=10/shardId-000000000003-4965-4971-12.ndjson.gz";
  expect(parseObjectKey(key)).toEqual({
    key,
    table: "clicks",
    hour: "2026-11-20T10",
    shard: "shardId-000000000003",
    first: "4965",
    last: "4971",
    count: 12,
  });
});

test.each([
  "raw/clicks/dt=2026-11-20/hour=10/part-0.parquet",
  "raw/clicks/dt=2026-11-20/hour=10/shard-4965-4971.ndjson.gz",
  "raw/clicks/dt=2026-11-20/hour=10/shardId-000000000003-4965-4971-x.ndjson.gz",
  "raw/clicks/dt=2026-11-20/hour=99/shardId-000000000003-4965-4971-1.ndjson.gz",
  "raw/Click Events/dt=2026-11-20/hour=10/shardId-000000000003-4965-4971-1.ndjson.gz",
  "raw/clicks/dt=2026-11-20/hour=10/deeper/shardId-000000000003-4965-4971-1.ndjson.gz",
  "raw/clicks/dt=2026-11-20/hour=10/shardId-000000000003-4965-4971-1.ndjson.gz.tmp",
  "",
])("%p is not a key of ours", (key) => {
  expect(parseObjectKey(key)).toBeUndefined();
});

test("whatever the prefix and the table, a key reads back to what it was made of", () => {
  fc.assert(
    fc.property(landed, ({ prefix, table, hour, ...range }) => {
      const key = objectKey(prefix, table, hour, range);
      expect(key.startsWith(`${prefix}${table}/`)).toBe(true);
      expect(parseObjectKey(key)).toEqual({ key, table, hour, ...range });
    }),
  );
});

test("the same records have the same key, and any other range another one", () => {
  fc.assert(
    fc.property(landed, landed, (left, right) => {
      const keyOf = (object: typeof left) => objectKey("raw/", "t", object.hour, object);
      const identity = ({ hour, shard, first, last, count }: typeof left) =>
        [hour, shard, first, last, count].join(" ");
      expect(keyOf(left) === keyOf(right)).toBe(identity(left) === identity(right));
      expect(keyOf({ ...left })).toBe(keyOf(left));
    }),
  );
});
