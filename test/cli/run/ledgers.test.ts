import { lakeOf, type RouteLedger, totalLedger, totalSent } from "../../../cli/run/ledgers";
import type { Ledger } from "../../../local/ledger/ledger";

const LEDGER: Ledger = {
  records: { sent: 10, landed: 7, unformatted: 2, failed: 1 },
  rows: { raw: 12, tables: 11 },
  rawObjects: 3,
  failedBatches: 1,
  byReason: { format: 1, empty: 1 },
  tables: { clicks: { rows: 11, files: 1 }, orders: { rows: 0, files: 2 } },
  lost: 1,
  duplicated: 0,
  unknown: 0,
  balanced: false,
  findings: [{ what: "rows of raw/ are missing in their table", count: 1, examples: ["s/1/0.0"] }],
};
const FINE = { ...LEDGER, lost: 0, balanced: true, findings: [], byReason: { empty: 4 } };
const route = (stream: string, bucket: string, ledger: Ledger): RouteLedger => ({
  stream,
  bucket,
  routers: [],
  ledger,
});

test("one ledger is the total as it is", () => {
  expect(totalLedger([route("clicks", "lake", LEDGER)])).toBe(LEDGER);
});

test("ledgers add up; one that is broken breaks the total and names its stream", () => {
  const tables = { orders: { rows: 5, files: 2 }, clicks: { rows: 0, files: 1 } };
  const other = { ...FINE, tables };
  expect(totalLedger([route("clicks", "lake", LEDGER), route("orders", "lake", other)])).toEqual({
    records: { sent: 20, landed: 14, unformatted: 4, failed: 2 },
    rows: { raw: 24, tables: 22 },
    rawObjects: 6,
    failedBatches: 2,
    byReason: { format: 1, empty: 5 },
    tables: { clicks: { rows: 11, files: 1 }, orders: { rows: 5, files: 2 } },
    lost: 1,
    duplicated: 0,
    unknown: 0,
    balanced: false,
    findings: [{ what: "rows of raw/ are missing in their table (stream clicks)", count: 1, examples: ["s/1/0.0"] }],
  });
});

test("tables of the same name in two lakes are counted with the files of both", () => {
  const { balanced, tables } = totalLedger([route("clicks", "one", FINE), route("clicks", "two", FINE)]);
  expect([balanced, tables]).toEqual([true, { clicks: { rows: 22, files: 2 }, orders: { rows: 0, files: 4 } }]);
});

test("what several streams were sent adds up", () => {
  const sent = { records: 3, byFormat: { json: 2 }, malformed: 1, bytes: 10, redriven: 0 };
  expect(totalSent([sent, { ...sent, byFormat: { csv: 1, json: 1 }, redriven: 2 }])).toEqual({
    records: 6,
    byFormat: { json: 3, csv: 1 },
    malformed: 2,
    bytes: 20,
    redriven: 2,
  });
});

test("two lakes of one bucket have tables of their own", () => {
  const fine = { ...FINE, tables: { records: { rows: 5, files: 2 } } };
  const lakes = ["", "clicks/"].map((prefix) => ({ ...route("clicks", "lake", fine), prefix }));
  expect(totalLedger(lakes).tables).toEqual({ records: { rows: 10, files: 4 } });
  expect(lakes.map(lakeOf)).toEqual(["lake/", "lake/clicks/"]);
});

test("tables may have the names of what every object has", () => {
  const tables = JSON.parse('{"__proto__":{"rows":2,"files":1},"constructor":{"rows":3,"files":1}}');
  const all = [route("clicks", "one", { ...FINE, tables }), route("clicks", "two", FINE)];
  const total = totalLedger(all).tables;
  expect(JSON.parse(JSON.stringify(Object.entries(total)))).toEqual([
    ["__proto__", { rows: 2, files: 1 }],
    ["constructor", { rows: 3, files: 1 }],
    ["clicks", { rows: 11, files: 1 }],
    ["orders", { rows: 0, files: 2 }],
  ]);
});
