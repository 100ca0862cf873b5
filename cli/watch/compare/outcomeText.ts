/** Writes what the routers landed, and what differs from before, as lines for people. */
import { stackOf } from "../../run/hookFailures";
import { type TextTableOptions, textTable } from "../../terminal/textTable";
import { onOneLine } from "../../terminal/unseen";
import { counted, counting } from "../../terminal/wording";
import type { RouterOutput } from "../messages";
import { type Differences, kindOf, type ReasonGroup, type RowDifference, type RowGroup } from "./differences";
import type { Outcome, Refused } from "./outcome";

const INDENT = "  ";
/** Kinds of hook failures, and of changed reasons. */
const MAX_KINDS = 10;
/** Columns of a changed row. */
const MAX_COLUMNS = 20;

/** `1,808 rows (readings 400, sales 1,408), 200 unformatted (format 165, hook 35)` */
export function totalsText(outcomes: readonly Outcome[]): string {
  const tables = countsOf(outcomes.flatMap(({ rows }) => [...rows.values()].map(({ table }) => table)));
  const reasons = countsOf(
    outcomes.flatMap(({ unformatted }) => [...unformatted.values()].map(({ reason }) => reason)),
  );
  const [rows, refused] = [totalOf(tables), totalOf(reasons)];
  return `${counting(rows, "row")}${listed(tables)}, ${counted(refused)} unformatted${listed(reasons)}`;
}

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function listed(counts: ReadonlyMap<string, number>): string {
  const names = [...counts.keys()].sort();
  return names.length === 0 ? "" : ` (${names.map((name) => `${name} ${counted(counts.get(name) ?? 0)}`).join(", ")})`;
}

/** The hooks that fail now, with the lines that threw, and the batches that the handler failed on. */
export function failureLines({ unformatted }: Outcome, failed: RouterOutput["failed"], directory: string): string[] {
  const groups = new Map<string, { refused: Refused; id: string; records: number }>();
  for (const [id, refused] of unformatted) {
    if (refused.reason !== "hook") continue;
    const group = groups.get(kindOf(refused)) ?? { refused, id, records: 0 };
    groups.set(kindOf(refused), { ...group, records: group.records + 1 });
  }
  const sorted = [...groups.values()].sort((one, other) => other.records - one.records);
  return [
    ...failed.map(
      ({ records, error }) => `${INDENT}FAILED: ${counting(records, "record")} of a batch: ${oneLine(error)}`,
    ),
    ...sorted
      .slice(0, MAX_KINDS)
      .flatMap(({ refused: { detail }, id, records }) => [
        `${INDENT}hook FAILED on ${counting(records, "record")}: ${oneLine(detail)}`,
        ...stackOf(detail, directory).map((line) => `${INDENT}${INDENT}${line}`),
        `${INDENT}${INDENT}for example ${id}`,
      ]),
    ...moreThan(MAX_KINDS, sorted.length, "kind of failure", "kinds of failures"),
  ];
}

/** @param table fits the output */
export function differenceLines({ rows, reasons }: Differences, table: TextTableOptions): string[] {
  if (rows.length === 0 && reasons.length === 0) return [`${INDENT}no row and no reason differs`];
  const lines: string[] = [];
  for (const name of new Set(rows.map((group) => group.table))) {
    const groups = rows.filter((group) => group.table === name);
    lines.push(`${INDENT}${name}: ${groups.map(({ rows, kind }) => `${counting(rows, "row")} ${kind}`).join(", ")}`);
    const cells = groups.flatMap(cellsOf);
    if (cells.length === 0) continue;
    const headings = ["row", "column", "before", "after", "_id"];
    lines.push(...textTable(headings, cells, { ...table, indent: `${INDENT}${INDENT}` }));
  }
  if (reasons.length > 0) lines.push(`${INDENT}reasons:`);
  return [
    ...lines,
    ...reasons.slice(0, MAX_KINDS).flatMap(reasonLines),
    ...moreThan(MAX_KINDS, reasons.length, "change of a reason", "changes of reasons"),
  ];
}

/** A line for each column; the kind and the id are in the first line of a row. */
function cellsOf({ kind, examples }: RowGroup): (string | null)[][] {
  return examples.flatMap(({ id, columns }: RowDifference) => {
    if (columns.length === 0) return [[kind, null, null, null, id]];
    const shown = columns.slice(0, MAX_COLUMNS).map(({ column, before = null, after = null }, at) => {
      return [at === 0 ? kind : null, column, before, after, at === 0 ? id : null];
    });
    const more = columns.length - shown.length;
    return more > 0 ? [...shown, [null, `… ${counted(more)} more`, null, null, null]] : shown;
  });
}

function reasonLines({ before, after, records, example }: ReasonGroup): string[] {
  const textOf = (refused: Refused | undefined) =>
    refused ? `${refused.reason}: ${oneLine(refused.detail)}` : "lands";
  return [
    `${INDENT}${INDENT}${counted(records)} × ${textOf(before)} → ${textOf(after)}`,
    `${INDENT}${INDENT}${INDENT}for example ${example}`,
  ];
}

/** Control characters of other people's data must not reach the terminal. */
function oneLine(text: string): string {
  return onOneLine(text).replace(/\s+/g, " ").trim();
}

function moreThan(shown: number, all: number, one: string, many: string): string[] {
  return all > shown ? [`${INDENT}… and ${counting(all - shown, one, many)} more`] : [];
}
