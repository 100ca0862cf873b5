import type { Row } from "../../../formats/row";
import { NO_SECRETS } from "../../../lake/callbackContext";
import { type Attributes, rowOf, sizeOf } from "../../../lake/serving/attributes";
import { openFold, type ServingFold } from "../../../lake/serving/fold";
import { type FoldOptions, foldRows, type KeyedRow } from "../../../lake/serving/item";

const ARRIVED = Date.parse("2026-11-20T10:04:09.123Z");
const DAY = 86_400;
const SHARD = "shardId-000000000003";

const collect: ServingFold = (item, row) => ({ ids: [...((item?.ids as number[]) ?? []), Number(row.id)] });
const options = (more: Partial<FoldOptions> = {}): FoldOptions => ({ fold: openFold(collect, NO_SECRETS), ...more });

const row = (sequenceNumber: string, id: number, more: Partial<KeyedRow> = {}): KeyedRow => ({
  row: { id } as Row,
  shard: SHARD,
  sequenceNumber,
  arrivedMillis: ARRIVED,
  ...more,
});

const seq = (last: string) => `4959033827149025660855969253836157109592157598913658${last}`;

function written(stored: Attributes | undefined, rows: KeyedRow[], more: Partial<FoldOptions> = {}): Attributes {
  const { write } = foldRows("ann", stored, rows, options(more));
  if (!write) throw new Error("nothing is written");
  return JSON.parse(JSON.stringify(write.attributes)) as Attributes;
}

test("an item has its key, and the last record of each shard", () => {
  expect(written(undefined, [row(seq("0001"), 1), row(seq("0002"), 2)])).toEqual({
    ids: { L: [{ N: "1" }, { N: "2" }] },
    _key: { S: "ann" },
    _last: { S: `${SHARD}/${seq("0002")}` },
    _shards: { M: { [SHARD]: { S: `${seq("0002")} 2026-11-20T10:04:09.123Z` } } },
  });
});

test("rows of records that are in the item are not folded again, whatever is around them", () => {
  const stored = written(undefined, [row("100", 1), row("200", 2)]);
  const result = foldRows("ann", stored, [row("100", 1), row("200", 2), row("300", 3)], options());
  expect(result).toMatchObject({ folded: 1, repeated: 2, unfolded: [] });
  expect(result.write?.formerLast).toBe(`${SHARD}/${"200".padStart(56, "0")}`);
  expect(rowOf(result.write?.attributes as Attributes).ids).toEqual([1, 2, 3]);
  expect(foldRows("ann", stored, [row("200", 2)], options())).toEqual({ folded: 0, repeated: 1, unfolded: [] });
});

test("sequence numbers compare by value, not as strings", () => {
  const stored = written(undefined, [row("9", 1)]);
  expect(rowOf(written(stored, [row("10", 2)])).ids).toEqual([1, 2]);
});

test("all rows of one record are folded", () => {
  expect(rowOf(written(undefined, [row("100", 1), row("100", 2)])).ids).toEqual([1, 2]);
});

test("each shard has a position of its own", () => {
  const stored = written(undefined, [row("500", 1)]);
  const other = written(stored, [row("100", 2, { shard: "shardId-000000000004" })]);
  expect(rowOf(other).ids).toEqual([1, 2]);
  expect(foldRows("ann", other, [row("500", 1)], options()).repeated).toBe(1);
});

test("the position of a shard goes when Kinesis cannot deliver its records again", () => {
  const stored = written(undefined, [row("500", 1)]);
  const later = { shard: "shardId-000000000009", arrivedMillis: ARRIVED + 366 * DAY * 1000 };
  expect(Object.keys(rowOf(written(stored, [row("900", 2, later)]))._shards as Row)).toEqual(["shardId-000000000009"]);
  const sooner = { ...later, arrivedMillis: ARRIVED + 364 * DAY * 1000 };
  expect(Object.keys(rowOf(written(stored, [row("900", 2, sooner)]))._shards as Row)).toHaveLength(2);
});

test("an item expires a time after the arrival of its newest row, and begins anew after that", () => {
  const timeToLiveSeconds = 2 * DAY;
  const stored = written(undefined, [row("100", 1)], { timeToLiveSeconds });
  expect(stored._expires).toEqual({ N: String(Math.ceil(ARRIVED / 1000) + 2 * DAY) });
  const inTime = row("200", 2, { arrivedMillis: ARRIVED + 2 * DAY * 1000 });
  expect(rowOf(written(stored, [inTime], { timeToLiveSeconds })).ids).toEqual([1, 2]);
  const late = row("200", 2, { arrivedMillis: ARRIVED + 2 * DAY * 1000 + 1000 });
  expect(rowOf(written(stored, [late], { timeToLiveSeconds })).ids).toEqual([2]);
  // The same in one batch as in two.
  expect(rowOf(written(undefined, [row("100", 1), late], { timeToLiveSeconds })).ids).toEqual([2]);
});

test("without a time to live, an item that had one stays", () => {
  const stored = written(undefined, [row("100", 1)], { timeToLiveSeconds: DAY });
  const late = row("200", 2, { arrivedMillis: ARRIVED + 90 * DAY * 1000 });
  const item = rowOf(written(stored, [late]));
  expect(item.ids).toEqual([1, 2]);
  expect(item._expires).toBeUndefined();
});

test("a row that is not folded leaves the item to the others", () => {
  const fold = openFold((item, next) => {
    if (next.id === 2) throw new Error("2");
    return collect(item, next, NO_SECRETS);
  }, NO_SECRETS);
  const result = foldRows("ann", undefined, [row("100", 1), row("200", 2), row("300", 3)], { fold });
  expect(result).toMatchObject({ folded: 2, unfolded: [{ row: { sequenceNumber: "200" } }] });
  expect(rowOf(result.write?.attributes as Attributes).ids).toEqual([1, 3]);
});

test("a row with which the item would exceed 400 KB is not folded; smaller ones after it are", () => {
  const fold = openFold(
    (item, next) => ({ texts: [...((item?.texts as string[]) ?? []), "x".repeat(Number(next.id))] }),
    NO_SECRETS,
  );
  const rows = [row("100", 200_000), row("200", 300_000), row("300", 100_000)];
  const result = foldRows("ann", undefined, rows, { fold });
  expect(result.unfolded.map(({ row: { sequenceNumber }, error }) => [sequenceNumber, error.message])).toEqual([
    ["200", expect.stringMatching(/^too-large: the item would have 500\d{3} bytes; DynamoDB takes 409600$/)],
  ]);
  const attributes = result.write?.attributes as Attributes;
  expect((rowOf(attributes).texts as string[]).map(({ length }) => length)).toEqual([200_000, 100_000]);
  expect(sizeOf(attributes)).toBeLessThanOrEqual(409_600);
});
