import { hourState } from "../../../lake/hourly/hourState";
import { fingerprintOf, JOB_STARTED, jobReportKey, sealKey } from "../../../lake/hourly/ledger";
import { objectKey } from "../../../lake/objectKey";

const HOUR = "2026-11-20T10";
const raw = (first: number) =>
  objectKey("raw/", "orders", HOUR, { shard: "shardId-000000000000", first: `${first}`, last: `${first}`, count: 1 });
const report = (modifiedMillis: number) => ({ key: jobReportKey("ledger/", "orders", HOUR), modifiedMillis });
const seal = (keys: readonly string[], modifiedMillis: number) => ({
  key: sealKey("ledger/", { table: "orders", hour: HOUR, fingerprint: fingerprintOf(keys) }),
  modifiedMillis,
});
const ended = Buffer.from(JSON.stringify({ objects: [raw(1)], rows: 1, columns: [], failedCasts: 0 }));
const begun = Buffer.from(JOB_STARTED);

test.each([
  ["nothing in the ledger", [raw(1)], [], ended, { stage: "pending" }],
  [
    "a seal of the same objects",
    [raw(1)],
    [report(1000), seal([raw(1)], 2000)],
    ended,
    { stage: "sealed", sinceMillis: 2000, rows: 1 },
  ],
  [
    "a seal in the second of the report",
    [raw(1)],
    [report(2000), seal([raw(1)], 2000)],
    ended,
    { stage: "sealed", sinceMillis: 2000, rows: 1 },
  ],
  [
    "one more object",
    [raw(1), raw(2)],
    [report(1000), seal([raw(1)], 2000)],
    ended,
    { stage: "late", sinceMillis: 2000 },
  ],
  [
    "one more object, and no report",
    [raw(1), raw(2)],
    [seal([raw(1)], 2000)],
    ended,
    { stage: "late", sinceMillis: 2000 },
  ],
  [
    "a job run that has not ended",
    [raw(1)],
    [report(3000), seal([raw(1)], 2000)],
    begun,
    { stage: "begun", sinceMillis: 3000 },
  ],
  ["a first job run that has not ended", [raw(1)], [report(3000)], begun, { stage: "begun", sinceMillis: 3000 }],
  ["a report without a seal", [raw(1)], [report(3000)], ended, { stage: "uncounted", sinceMillis: 3000 }],
  [
    "a report after the seal",
    [raw(1)],
    [report(3000), seal([raw(1)], 2000)],
    ended,
    { stage: "uncounted", sinceMillis: 3000 },
  ],
  ["a report that is gone", [raw(1)], [report(3000)], undefined, { stage: "uncounted", sinceMillis: 3000 }],
] as const)("an hour with %s", async (_case, rawKeys, ledger, body, expected) => {
  expect(await hourState({ hour: HOUR, rawKeys, ledger }, async () => body)).toEqual(expected);
});
