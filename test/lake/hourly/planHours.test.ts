import fc from "fast-check";
import { addHours, type Hour } from "../../../lake/hour";
import { fingerprintOf, jobReportKey, sealKey } from "../../../lake/hourly/ledger";
import { planHours } from "../../../lake/hourly/planHours";
import { objectKey } from "../../../lake/objectKey";

const LAST = "2026-11-20T10";

function raw(table: string, hour: Hour, first = 1): string {
  return objectKey("raw/", table, hour, {
    shard: "shardId-000000000000",
    first: String(first),
    last: String(first + 9),
    count: 10,
  });
}

function sealOf(table: string, hour: Hour, keys: string[]): string {
  return sealKey("ledger/", { table, hour, fingerprint: fingerprintOf(keys) });
}

test("the last closed hour is planned, with all tables that have rows", () => {
  const rawKeys = [raw("records", LAST), raw("orders", LAST)];
  expect(planHours(LAST, 168, { rawKeys, ledger: [] })).toEqual([{ hour: LAST, tables: ["orders", "records"] }]);
});

test("an hour without rows is not planned", () => {
  expect(planHours(LAST, 168, { rawKeys: [], ledger: [] })).toEqual([]);
});

test("missed hours are planned before the last one, oldest first", () => {
  const rawKeys = ["2026-11-20T10", "2026-11-19T23", "2026-11-20T08"].map((hour) => raw("records", hour));
  expect(planHours(LAST, 168, { rawKeys, ledger: [] }).map(({ hour }) => hour)).toEqual([
    "2026-11-19T23",
    "2026-11-20T08",
    "2026-11-20T10",
  ]);
});

test("a sealed table's hour is not planned again, while another table of that hour is", () => {
  const rawKeys = [raw("records", LAST), raw("orders", LAST)];
  const ledger = written([sealOf("records", LAST, [raw("records", LAST)])], 2);
  expect(planHours(LAST, 168, { rawKeys, ledger })).toEqual([{ hour: LAST, tables: ["orders"] }]);
});

const written = (keys: readonly string[], modifiedMillis: number) => keys.map((key) => ({ key, modifiedMillis }));

test.each([
  ["before", 1, []],
  ["in the same instant as", 2, []],
  ["after", 3, [{ hour: LAST, tables: ["records"] }]],
])("a seal counts when the hour's job wrote %s it", (_, wroteMillis, planned) => {
  const rawKeys = [raw("records", LAST)];
  const report = jobReportKey("ledger/", "records", LAST);
  const ledger = [...written([report], wroteMillis), ...written([sealOf("records", LAST, rawKeys)], 2)];
  expect(planHours(LAST, 168, { rawKeys, ledger })).toEqual(planned);
});

test("a late object brings its sealed hour back", () => {
  const hour = "2026-11-20T07";
  const ledger = written([sealOf("records", hour, [raw("records", hour, 1)])], 2);
  const rawKeys = [raw("records", hour, 1), raw("records", hour, 11)];
  expect(planHours(LAST, 168, { rawKeys, ledger })).toEqual([{ hour, tables: ["records"] }]);
});

test("a seal of another hour or table with the same keys does not count", () => {
  const rawKeys = [raw("records", LAST)];
  const ledger = written([sealOf("records", "2026-11-20T09", rawKeys), sealOf("orders", LAST, rawKeys)], 2);
  expect(planHours(LAST, 168, { rawKeys, ledger })).toHaveLength(1);
});

test("hours after the last closed one, and before the lookback, are never planned", () => {
  const rawKeys = ["2026-11-20T11", "2026-11-20T08", "2026-11-20T07", "2026-11-13T10"].map((hour) =>
    raw("records", hour),
  );
  expect(planHours(LAST, 3, { rawKeys, ledger: [] })).toEqual([{ hour: "2026-11-20T08", tables: ["records"] }]);
});

test("keys that are not ours are passed over", () => {
  const rawKeys = ["raw/records/dt=2026-11-20/hour=10/notes.txt", "raw/records/_SUCCESS"];
  const ledger = written(["ledger/records/dt=2026-11-20/hour=10/job.json"], 2);
  expect(planHours(LAST, 168, { rawKeys, ledger })).toEqual([]);
});

test.each([0, -1, 1.5, Number.NaN])("a lookback of %p hours is refused", (lookbackHours) => {
  expect(() => planHours(LAST, lookbackHours, { rawKeys: [], ledger: [] })).toThrow(
    `lookbackHours is ${lookbackHours}; it needs a whole number of hours, 1 or more`,
  );
});

test("the plan does not depend on the order of the keys, and sealing what it names leaves nothing to do", () => {
  const key = fc
    .tuple(fc.constantFrom("orders", "records"), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 500 }))
    .map(([table, back, first]) => raw(table, addHours(LAST, -back), first));
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 40 }), fc.nat(), (rawKeys, seed) => {
      const shuffled = [...rawKeys].sort((left, right) => hash(left, seed) - hash(right, seed));
      const plan = planHours(LAST, 24, { rawKeys, ledger: [] });
      expect(planHours(LAST, 24, { rawKeys: shuffled, ledger: [] })).toEqual(plan);
      expect(plan.map(({ hour }) => hour)).toEqual(plan.map(({ hour }) => hour).sort());

      const seals = plan.flatMap(({ hour, tables }) =>
        tables.map((table) => {
          const partition = `/${table}/dt=${hour.slice(0, 10)}/hour=${hour.slice(11)}/`;
          return sealOf(
            table,
            hour,
            rawKeys.filter((each) => each.includes(partition)),
          );
        }),
      );
      expect(planHours(LAST, 24, { rawKeys, ledger: written(seals, 2) })).toEqual([]);
    }),
  );
});

function hash(text: string, seed: number): number {
  let value = seed | 0;
  for (const character of text) value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return value;
}
