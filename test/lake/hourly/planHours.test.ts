import fc from "fast-check";
import { addHours, type Hour } from "../../../lake/hour";
import { fingerprintOf, jobReportKey, sealKey } from "../../../lake/hourly/ledger";
import { firstHourOf, type LedgerObject, unsealedHours, withHours } from "../../../lake/hourly/planHours";
import { objectKey } from "../../../lake/objectKey";

const LAST = "2026-11-20T10";
const TABLE = "records";

function raw(hour: Hour, first = 1): string {
  const last = String(first + 9);
  return objectKey("raw/", TABLE, hour, { shard: "shardId-000000000000", first: String(first), last, count: 10 });
}

function sealOf(hour: Hour, keys: string[]): string {
  return sealKey("ledger/", { table: TABLE, hour, fingerprint: fingerprintOf(keys) });
}

const written = (keys: readonly string[], modifiedMillis: number) => keys.map((key) => ({ key, modifiedMillis }));

async function unsealed(rawKeys: readonly string[], ledger: readonly LedgerObject[] = []): Promise<Hour[]> {
  const hours: Hour[] = [];
  for await (const hour of unsealedHours([...rawKeys].sort(), ledger)) hours.push(hour);
  return hours;
}

test("hours with rows and without a seal need work, oldest first", async () => {
  expect(await unsealed([raw(LAST), raw("2026-11-20T08"), raw(LAST, 11)])).toEqual(["2026-11-20T08", LAST]);
});

test("an object that Firehose delivered needs work, and brings a sealed hour back; others are skipped", async () => {
  const delivered = `raw/${TABLE}/dt=2026-11-20/hour=10/shop-1-2026-11-20-10-05-00-a.delivered.ndjson.gz`;
  expect(await unsealed([delivered, `raw/${TABLE}/dt=2026-11-20/hour=09/notes.txt`])).toEqual([LAST]);
  expect(await unsealed([delivered, raw(LAST)], written([sealOf(LAST, [raw(LAST)])], 2))).toEqual([LAST]);
  expect(await unsealed([delivered], written([sealOf(LAST, [delivered])], 2))).toEqual([]);
});

test("an hour without rows needs no work", async () => {
  expect(await unsealed([])).toEqual([]);
});

test("a sealed hour is done", async () => {
  const keys = [raw(LAST), raw(LAST, 11)];
  expect(await unsealed(keys, written([sealOf(LAST, keys)], 2))).toEqual([]);
});

test.each([
  ["before", 1, []],
  ["in the same instant as", 2, []],
  ["after", 3, [LAST]],
])("a seal counts when the hour's job wrote %s it", async (_, wroteMillis, open) => {
  const keys = [raw(LAST)];
  const ledger = [...written([jobReportKey("ledger/", TABLE, LAST)], wroteMillis), ...written([sealOf(LAST, keys)], 2)];
  expect(await unsealed(keys, ledger)).toEqual(open);
});

test("a late object brings its sealed hour back", async () => {
  const hour = "2026-11-20T07";
  const ledger = written([sealOf(hour, [raw(hour, 1)])], 2);
  expect(await unsealed([raw(hour, 1), raw(hour, 11)], ledger)).toEqual([hour]);
});

test("a seal of another hour with the same keys does not count", async () => {
  expect(await unsealed([raw(LAST)], written([sealOf("2026-11-20T09", [raw(LAST)])], 2))).toEqual([LAST]);
});

test("keys that are not ours are passed over", async () => {
  const ledger = written(["ledger/records/dt=2026-11-20/hour=10/job.json"], 2);
  expect(await unsealed(["raw/records/dt=2026-11-20/hour=10/notes.txt", "raw/records/_SUCCESS"], ledger)).toEqual([]);
});

test("keys out of their order are refused, since an hour is forgotten when the next one begins", async () => {
  const read = async () => {
    for await (const _ of unsealedHours([raw(LAST), raw("2026-11-20T08")], []));
  };
  await expect(read()).rejects.toThrow(/is listed after a key of hour 2026-11-20T10; a plan needs keys in their order/);
});

test.each([0, -1, 1.5, Number.NaN])("a lookback of %p hours is refused", (lookbackHours) => {
  expect(() => firstHourOf(LAST, lookbackHours)).toThrow(
    `lookbackHours is ${lookbackHours}; it needs a whole number of hours, 1 or more`,
  );
});

test("hours of several tables are one plan, oldest first, tables by name", () => {
  const planned = withHours(withHours([], "records", [LAST]), "orders", [LAST, "2026-11-20T08"]);
  expect(planned).toEqual([
    { hour: "2026-11-20T08", tables: ["orders"] },
    { hour: LAST, tables: ["orders", "records"] },
  ]);
});

test("sealing what is open leaves nothing open", async () => {
  const key = fc
    .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 500 }))
    .map(([back, first]) => raw(addHours(LAST, -back), first));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(key, { maxLength: 40 }), async (rawKeys) => {
      const open = await unsealed(rawKeys);
      expect(open).toEqual([...new Set(open)].sort());
      const partition = (hour: Hour) => `/dt=${hour.slice(0, 10)}/hour=${hour.slice(11)}/`;
      const seals = open.map((hour) =>
        sealOf(
          hour,
          rawKeys.filter((each) => each.includes(partition(hour))),
        ),
      );
      expect(await unsealed(rawKeys, written(seals, 2))).toEqual([]);
    }),
  );
});
