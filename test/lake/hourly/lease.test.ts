import { claimed, type HourLease, isPlannedWith, leaseKey, readLease, released } from "../../../lake/hourly/lease";
import { isTableName } from "../../../lake/tableName";

const arn = (name: string, machine = "etl") => `arn:aws:states:us-east-1:123456789012:execution:${machine}:${name}`;
const [ONE, TWO] = [arn("one"), arn("two")];
const [H9, H10] = ["2026-11-20T09", "2026-11-20T10"];
const FREE: HourLease = { holder: null, through: H9, requests: 0, planned: 0, isCrawlDue: false };
const HELD: HourLease = { ...FREE, holder: ONE };

test("the lease lies where no table can", () => {
  expect(leaseKey("ledger/", "etl")).toBe("ledger/hourly-leases/etl.json");
  expect(isTableName("hourly-leases")).toBe(false);
});

test.each([
  ["there is none yet", undefined, { ...FREE, holder: TWO, through: H10 }],
  [
    "it is free",
    { ...FREE, through: "2026-11-20T12", requests: 3, planned: 3, isCrawlDue: true },
    { ...FREE, holder: TWO, through: H10, requests: 3, planned: 3, isCrawlDue: true },
  ],
  [
    "it is free after a holder that failed before it planned a request",
    { ...FREE, through: "2026-11-20T12", requests: 3, planned: 2 },
    { ...FREE, holder: TWO, through: "2026-11-20T12", requests: 3, planned: 2 },
  ],
  [
    "the execution holds it",
    { ...HELD, holder: TWO, requests: 1 },
    { ...HELD, holder: TWO, through: H10, requests: 1 },
  ],
])("a claim takes the lease where %s", (_, before, after) => {
  expect(claimed(before, { execution: TWO, hour: H10, lookbackHours: 168 })).toEqual(after);
});

test("a claim leaves its hour to the holder", () => {
  expect(claimed(HELD, { execution: TWO, hour: H10, lookbackHours: 168 })).toEqual({
    ...HELD,
    through: H10,
    requests: 1,
  });
  expect(claimed({ ...HELD, through: H10 }, { execution: TWO, hour: H9, lookbackHours: 168 }).through).toBe(H10);
});

test("a holder of another state machine keeps the lease, as one of its own does", () => {
  const holder = arn("one", "replaced");
  const claim = { execution: TWO, hour: H10, lookbackHours: 168 };
  expect(claimed({ ...HELD, holder }, claim)).toEqual({ ...HELD, holder, through: H10, requests: 1 });
  expect(claimed({ ...HELD, holder }, { ...claim, replaces: holder }).holder).toBe(TWO);
});

test.each(["2030-01-01T00", "2026-11-21T10", "2026-11-13T09"])(
  "a claim of %s, outside the holder's plans, changes nothing and must wait",
  (hour) => {
    const claim = { execution: TWO, hour, lookbackHours: 168 };
    expect(claimed(HELD, claim)).toEqual(HELD);
    expect(isPlannedWith(HELD.through, claim)).toBe(false);
  },
);

test.each(["2026-11-21T09", "2026-11-13T10", H9])("a claim of %s is within the holder's plans", (hour) => {
  expect(isPlannedWith(HELD.through, { hour, lookbackHours: 168 })).toBe(true);
});

test("a takeover for an hour outside the plans of the execution that ended plans its own hour", () => {
  const claim = { execution: TWO, hour: "2026-09-20T10", replaces: ONE, lookbackHours: 168 };
  expect(claimed(HELD, claim)).toEqual({ ...HELD, holder: TWO, through: "2026-09-20T10" });
});

test("a claim takes over from the execution that it replaces, and from no other", () => {
  expect(claimed(HELD, { execution: TWO, hour: H10, replaces: ONE, lookbackHours: 168 })).toEqual({
    ...HELD,
    holder: TWO,
    through: H10,
  });
  expect(claimed(HELD, { execution: TWO, hour: H10, replaces: arn("three"), lookbackHours: 168 }).holder).toBe(ONE);
});

test.each([
  ["its holder frees it", HELD, ONE, 0, false, { ...FREE }],
  ["another execution does not", HELD, TWO, 0, false, HELD],
  [
    "a holder that has not planned a request does not",
    { ...HELD, requests: 2 },
    ONE,
    1,
    false,
    { ...HELD, requests: 2 },
  ],
  [
    "a holder that has planned each does",
    { ...HELD, requests: 2 },
    ONE,
    2,
    false,
    { ...FREE, requests: 2, planned: 2 },
  ],
  [
    "a holder that failed does, and keeps the request",
    { ...HELD, requests: 2 },
    ONE,
    1,
    true,
    { ...FREE, requests: 2, planned: 1 },
  ],
])("of a release: %s", (_, before, execution, planned, isForced, after) => {
  expect(released(before, { execution, planned, isForced })).toEqual(after);
});

test.each(["null", "{}", '{"holder":1,"through":"2026-11-20T09","requests":0,"planned":0,"isCrawlDue":false}'])(
  "%s is not a lease",
  (text) => {
    expect(() => readLease("ledger/l.json", Buffer.from(text))).toThrow('lake: "ledger/l.json" is not a lease');
  },
);

test("a lease reads back", () => {
  expect(readLease("ledger/l.json", Buffer.from(JSON.stringify(HELD)))).toEqual(HELD);
});
