/** The mapping and the lake's object keys together, over thousands of schedules of faults: nothing lost, nothing twice. */
import type { LandingObject } from "../../../../../lake/routing/landingObject";
import { judge } from "../../../support/mapping/modelOutcome";
import { runSchedule } from "../../../support/mapping/modelWorld";

/** More for a longer look: `STREAMLAKE_SCHEDULES=20000 npx jest test/local/services/lambda/mapping/model`. */
const SCHEDULES = Number(process.env.STREAMLAKE_SCHEDULES ?? 2_000);
const seeds = Array.from({ length: SCHEDULES }, (_, index) => index + 1);

function withoutLast({ key, range }: LandingObject): string {
  return key.replace(`-${range.last}-`, "-").replace(/-d[0-9a-f]{16}/, "");
}

function withoutLastAndCount(object: LandingObject): string {
  return withoutLast(object).replace(`-${object.range.count}.`, ".");
}

/** Rows lost, until there are enough. */
function lostBy(keyOf: (object: LandingObject) => string, enough: number): number {
  let lost = 0;
  for (const seed of seeds) {
    lost += judge(runSchedule(seed, keyOf)).lost.length;
    if (lost >= enough) break;
  }
  return lost;
}

test(`${SCHEDULES} schedules lose no row, double no row and keep the order of every stream partition key`, () => {
  const faults: Record<string, number> = {};
  for (const seed of seeds) {
    const outcome = runSchedule(seed);
    const { lost, duplicated, broken } = judge(outcome);
    expect({ seed, lost, duplicated, broken }).toEqual({ seed, lost: [], duplicated: [], broken: [] });
    for (const [name, count] of Object.entries(outcome.faults)) faults[name] = (faults[name] ?? 0) + count;
  }
  expect(Object.keys(faults).sort()).toEqual([
    "crash after writes",
    "crash before writes",
    "crash between writes",
    "iterator expired",
    "partial response",
    "read failed",
    "response that names nothing",
    "throttled",
    "timeout, writes land late",
  ]);
});

test("the same schedules lose rows when the object key drops the last sequence number and the digest", () => {
  expect(lostBy(withoutLast, 1)).toBeGreaterThan(0);
});

test("the same schedules lose many rows when the object key names the first sequence number only", () => {
  expect(lostBy(withoutLastAndCount, 100)).toBeGreaterThanOrEqual(100);
});

test("with redelivery, every record that is not given up succeeds at least twice, and nothing is lost, doubled or out of order", () => {
  let overlaps = 0;
  for (const seed of seeds.slice(0, SCHEDULES / 2)) {
    const outcome = runSchedule(seed, ({ key }) => key, true);
    const { lost, duplicated, broken } = judge(outcome);
    const once = outcome.records
      .map((record) => `${record.shard}/${record.sequenceNumber}`)
      .filter((id) => !outcome.failed.has(id) && (outcome.successes.get(id) ?? 0) < 2);
    expect({ seed, lost, duplicated, broken, once }).toEqual({ seed, lost: [], duplicated: [], broken: [], once: [] });
    const seen = new Set<string>();
    for (const delivery of outcome.deliveries) {
      const known = delivery.filter((id) => seen.has(id)).length;
      if (known > 0 && known < delivery.length) overlaps++;
      for (const id of delivery) seen.add(id);
    }
  }
  expect(overlaps).toBeGreaterThan(SCHEDULES / 2);
});
