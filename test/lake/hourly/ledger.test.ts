import { fingerprintOf, jobReportKey, parseSealKey, readJobReport, sealKey } from "../../../lake/hourly/ledger";

const bytes = (text: string) => Buffer.from(text);

test("the report of a job run has one key a table and hour", () => {
  expect(jobReportKey("ledger/", "records", "2026-11-20T10")).toBe("ledger/records/dt=2026-11-20/hour=10/job.json");
});

test("a seal's key holds the fingerprint, and reads back", () => {
  const seal = { table: "records", hour: "2026-11-20T10", fingerprint: "0123456789abcdef" };
  const key = "x/ledger/records/dt=2026-11-20/hour=10/sealed-0123456789abcdef.json";
  expect(sealKey("x/ledger/", seal)).toBe(key);
  expect(parseSealKey(key)).toEqual(seal);
});

test.each([
  "ledger/records/dt=2026-11-20/hour=10/job.json",
  "ledger/records/dt=2026-11-20/hour=10/sealed-0123.json",
  "ledger/records/dt=2026-11-20/hour=30/sealed-0123456789abcdef.json",
])("%s is not a seal", (key) => {
  expect(parseSealKey(key)).toBeUndefined();
});

test("a fingerprint does not depend on the order of the keys", () => {
  // printf 'a\nb' | sha256sum
  expect(fingerprintOf(["b", "a"])).toBe("7e18f737311b2dc3");
  expect(fingerprintOf(["a", "b"])).toBe("7e18f737311b2dc3");
});

test("a job report reads back", () => {
  const report = { objects: ["raw/a"], rows: 3, columns: [{ name: "_id", type: "string" }], failedCasts: 0 };
  expect(readJobReport("ledger/job.json", bytes(JSON.stringify(report)))).toEqual(report);
});

test("the mark of a run that began to write is no report yet", () => {
  expect(readJobReport("ledger/job.json", bytes('{"started":true}'))).toBeUndefined();
});

test.each(["null", "{}", '{"objects":"raw/a","rows":1}', '{"objects":[1],"rows":1}', '{"objects":[],"rows":1.5}'])(
  "%s is not a job report",
  (text) => {
    expect(() => readJobReport("ledger/job.json", bytes(text))).toThrow(
      'lake: "ledger/job.json" is not a job report; it needs "objects" (keys) and "rows" (a whole number)',
    );
  },
);
