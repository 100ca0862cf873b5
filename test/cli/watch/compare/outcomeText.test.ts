/** The lines about what landed, what fails, and what differs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { differencesOf } from "../../../../cli/watch/compare/differences";
import { outcomeOf } from "../../../../cli/watch/compare/outcome";
import { differenceLines, failureLines, totalsText } from "../../../../cli/watch/compare/outcomeText";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "outcome-text-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const HOUR = "dt=2026-11-20/hour=10/shardId-000000000000-1-9-1.ndjson.gz";

/** The objects of a router: rows by table, and unformatted records. */
function landed(tables: Record<string, Record<string, object>>, unformatted: Record<string, [string, string]> = {}) {
  const objects = new Map<string, Uint8Array>();
  const put = (key: string, lines: object[]) =>
    objects.set(key, gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
  for (const [table, rows] of Object.entries(tables)) {
    const lines = Object.entries(rows).map(([_id, data]) => ({ _id, _format: "json", data }));
    put(`clicks/raw/${table}/${HOUR}`, lines);
  }
  const refused = Object.entries(unformatted).map(([id, [reason, detail]]) => ({ id, reason, detail, payload: "" }));
  if (refused.length > 0) put(`clicks/unformatted/records/${HOUR}`, refused);
  return outcomeOf({ objects, rawPrefix: "clicks/raw/" });
}

test("rows are counted by table, and unformatted records by reason", () => {
  const outcome = landed(
    { sales: { "s/1/0.0": {}, "s/1/0.1": {} }, readings: { "s/2/0.0": {} } },
    { "s/3/0": ["format", "unknown"], "s/4/0": ["hook", "x"] },
  );
  expect(totalsText([outcome, outcome])).toBe("6 rows (readings 2, sales 4), 4 unformatted (format 2, hook 2)");
  expect(totalsText([])).toBe("0 rows, 0 unformatted");
});

test("a hook that fails has its line in the program, and a failed batch its error", () => {
  writeFileSync(path.join(directory, "hooks.ts"), "export const transform = (row) =>\n  row.name.first;\n");
  const detail = (name: string) => `transform threw TypeError (hooks.ts:2): no \u001b[31m${name}`;
  const outcome = landed({}, { "s/1/0": ["hook", detail("ann")], "s/2/0": ["hook", detail("bob")] });
  const failed = [{ records: 12, error: 'the secret "SALT" cannot be read:\nnot found' }];
  expect(failureLines(outcome, failed, directory)).toEqual([
    '  FAILED: 12 records of a batch: the secret "SALT" cannot be read: not found',
    "  hook FAILED on 2 records: transform threw TypeError (hooks.ts:2): no [31mann",
    "    at hooks.ts:2: row.name.first;",
    "    for example s/1/0",
  ]);
  expect(failureLines(landed({ sales: { "s/1/0.0": {} } }), [], directory)).toEqual([]);
});

test("differences are tables of columns, and reasons with their counts", () => {
  const before = landed(
    { sales: { "s/1/0.0": { total: "5", shop: "a" }, "s/2/0.0": { total: 6 } }, other: { "s/9/0.0": {} } },
    { "s/3/0": ["rejected", "total is negative"] },
  );
  const after = landed(
    { sales: { "s/1/0.0": { total: 5, currency: "EUR" }, "s/3/0.0": { total: -1 }, "s/9/0.0": {} } },
    { "s/2/0": ["schema", "total is missing"] },
  );
  expect(differenceLines(differencesOf(before, after, 3), { wholeIds: true })).toEqual([
    "  sales: 1 row added, 1 row changed, 1 row moved from other, 1 row removed",
    "    row               column    before       after         _id",
    "    ────────────────  ────────  ───────────  ────────────  ───────",
    '    added                                    {"total":-1}  s/3/0.0',
    '    changed           total     "5"          5             s/1/0.0',
    '                      shop      "a"',
    '                      currency               "EUR"',
    "    moved from other                                       s/9/0.0",
    '    removed                     {"total":6}                s/2/0.0',
    "  reasons:",
    "    1 × lands → schema: total is missing",
    "      for example s/2/0",
    "    1 × rejected: total is negative → lands",
    "      for example s/3/0",
  ]);
  expect(differenceLines(differencesOf(after, after, 3), {})).toEqual(["  no row and no reason differs"]);
  expect(differenceLines(differencesOf(before, after, 0), {})).toHaveLength(6);
});

test("many columns and many kinds of reasons are counted", () => {
  const wide = (value: number) => Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`c${at}`, value]));
  const lines = differenceLines(
    differencesOf(landed({ r: { "s/1/0.0": wide(1) } }), landed({ r: { "s/1/0.0": wide(2) } }), 1),
    {},
  );
  expect(lines).toHaveLength(3 + 20 + 1);
  expect(lines.at(-1)).toMatch(/^ +… 5 more$/);
  const letters = [..."abcdefghijkl"];
  const refused = Object.fromEntries(
    letters.map((name): [string, [string, string]] => [`s/${name}/0`, ["rejected", name]]),
  );
  const reasons = differenceLines(differencesOf(landed({}), landed({}, refused), 1), {});
  expect(reasons).toHaveLength(1 + 20 + 1);
  expect(reasons.at(-1)).toBe("  … and 2 changes of reasons more");
});
