/** Sums up the ledgers of a run: one for each stream and lake. */
import type { Ledger } from "../../local/ledger/ledger";
import type { Sent } from "../send/sendRecords";

/** The ledger of a stream that is routed into a lake. */
export interface RouteLedger {
  readonly stream: string;
  /** The lake's bucket. */
  readonly bucket: string;
  /** The lake's folder in a bucket of several lakes, ending with `/` or empty; absent for a bucket of its own. */
  readonly prefix?: string;
  /** Names of the routers' functions. */
  readonly routers: readonly string[];
  readonly ledger: Ledger;
}

/** The totals of all ledgers: balanced if each of them is. The files of a table count once for each lake. */
export function totalLedger(ledgers: readonly RouteLedger[]): Ledger {
  const [only] = ledgers;
  if (only && ledgers.length === 1) return only.ledger;
  const sum = (count: (ledger: Ledger) => number) => ledgers.reduce((total, { ledger }) => total + count(ledger), 0);
  return {
    records: {
      sent: sum(({ records }) => records.sent),
      landed: sum(({ records }) => records.landed),
      unformatted: sum(({ records }) => records.unformatted),
      failed: sum(({ records }) => records.failed),
    },
    rows: { raw: sum(({ rows }) => rows.raw), tables: sum(({ rows }) => rows.tables) },
    rawObjects: sum(({ rawObjects }) => rawObjects),
    failedBatches: sum(({ failedBatches }) => failedBatches),
    byReason: sumsByName(ledgers.map(({ ledger }) => ledger.byReason)),
    tables: totalTables(ledgers),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    unknown: sum(({ unknown }) => unknown),
    balanced: ledgers.every(({ ledger }) => ledger.balanced),
    findings: ledgers.flatMap(({ stream, ledger }) =>
      ledger.findings.map((finding) => ({ ...finding, what: `${finding.what} (stream ${stream})` })),
    ),
  };
}

/** The place of a lake: `team-data` or `team-data/clicks/`. */
export function lakeOf({ bucket, prefix }: { readonly bucket: string; readonly prefix?: string | undefined }): string {
  return prefix === undefined ? bucket : `${bucket}/${prefix}`;
}

export function totalSent(all: readonly Sent[]): Sent {
  const sum = (count: (sent: Sent) => number) => all.reduce((total, sent) => total + count(sent), 0);
  return {
    records: sum(({ records }) => records),
    byFormat: sumsByName(all.map(({ byFormat }) => byFormat)),
    malformed: sum(({ malformed }) => malformed),
    bytes: sum(({ bytes }) => bytes),
    redriven: sum(({ redriven }) => redriven),
  };
}

function totalTables(ledgers: readonly RouteLedger[]): Ledger["tables"] {
  const lakes = new Map(ledgers.map((one) => [lakeOf(one), one]));
  const rows = sumsByName(ledgers.map(({ ledger }) => mapped(ledger.tables, (table) => table.rows)));
  const files = sumsByName(
    // Each ledger of a lake counts all files of its tables.
    [...lakes.values()].map(({ ledger }) => mapped(ledger.tables, (table) => table.files)),
  );
  return mapped(files, (count, name) => ({ rows: (Object.hasOwn(rows, name) && rows[name]) || 0, files: count }));
}

/** A hook may choose a table's name from data: `constructor` and `__proto__` are names, too. */
function sumsByName(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of all.flatMap((one) => Object.entries(one))) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

function mapped<T, U>(record: Readonly<Record<string, T>>, of: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value, name)]));
}
