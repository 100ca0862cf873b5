/** Formats the results of a run for people. */

import { deliveredViewOf } from "../../lake/tableName";
import type { Usage } from "../../local/cloud/iam/usage";
import type { SinkLedger } from "../../local/ledger/sinks/sinkLedger";
import { type TextTableOptions, textTable } from "../terminal/textTable";
import { counted, counting } from "../terminal/wording";
import type { Cell, QueryResult } from "./athena";
import { deniedTexts } from "./denied";
import { findingText, type LocalReport, oneLine } from "./report";
import { unusedLines } from "./unused";

const MAX_ROWS = 20;
const INDENT = "  ";

export function tableLines({ tables }: LocalReport): string[] {
  const rows = Object.entries(tables).map(([name, { rows, files, columns }]) => [
    name,
    counted(rows),
    counted(files),
    counted(columns.length),
  ]);
  if (rows.length === 0) return [`${INDENT}no rows`];
  const views = Object.keys(tables).flatMap((name) => {
    const view = deliveredViewOf(name);
    return view === undefined ? [] : [`${INDENT}Firehose writes ${name}; the view ${view} has each row once: query it`];
  });
  return [...textTable(["table", "rows", "parquet files", "columns"], rows, { indent: INDENT }), ...views];
}

/** Records in = rows + unformatted + failed, and rows in raw = rows in tables, if the program has an hourly step. */
export function ledgerLines({
  ledger,
  sinks = {},
}: Pick<LocalReport, "ledger"> & Partial<Pick<LocalReport, "sinks">>): string[] {
  const { records, rows } = ledger;
  const verdict = ledger.balanced
    ? "nothing lost, nothing duplicated"
    : `BROKEN: ${counted(ledger.lost)} lost, ${counted(ledger.duplicated)} duplicated, ${counted(ledger.unknown)} unknown`;
  // A delivery stream's rows are in a ledger of their own, and in the sum of what landed.
  const isShared = Object.values(sinks).some(({ kind }) => kind === "DeliveryStream");
  const rawRows = `${counting(rows.raw, "row")}${isShared ? " of routers" : ""} in raw`;
  const rowsLine =
    ledger.balanced && rows.tables < rows.raw
      ? `${rawRows}, ${counted(rows.tables)} in tables: no HourlyEtl flattens the others`
      : `${rawRows} = ${counted(rows.tables)} in tables`;
  return [
    `${INDENT}${counting(records.sent, "record")} in = ${counted(records.landed)} landed + ` +
      `${counted(records.unformatted)} unformatted + ${counted(records.failed)} failed`,
    `${INDENT}${rowsLine}`,
    `${INDENT}${verdict}`,
  ];
}

/** The last line is the verdict. */
export function sinkLines(ledger: SinkLedger): string[] {
  const { balanced, findings, unchecked, repeated = [] } = ledger;
  const wrong = findings.reduce((total, finding) => total + finding.count, 0);
  const isRead = Object.keys(ledger.counts).length > 0;
  const broken = wrong > 0 ? `BROKEN: ${counted(wrong)} wrong` : isRead ? "NOT CHECKED" : "BROKEN: not read";
  return [
    ...(isRead ? [`${INDENT}${sinkCounts(ledger)}`] : []),
    ...repeated.map(
      (finding) => `${INDENT}repeated: ${findingText({ ...finding, examples: finding.examples.slice(0, 1) })}`,
    ),
    ...unchecked.map((finding) => `${INDENT}not checked: ${findingText(finding)}`),
    `${INDENT}${balanced ? "nothing lost, nothing duplicated" : broken}`,
  ];
}

function sinkCounts({ kind, counts }: SinkLedger): string {
  const count = (name: string, unit: string) => counting(counts[name] ?? 0, unit);
  switch (kind) {
    case "IngestApi":
      return `${count("acknowledged", "record")} acknowledged, ${counted(counts.refused ?? 0)} refused`;
    case "DeliveryStream":
      return (
        `${count("records", "record")} in = ${count("rows", "row")} + ${count("leftOut", "record")} left out + ` +
        `${count("failed", "record")} failed${counts.unconverted === undefined ? "" : ` + ${count("unconverted", "row")} not converted`}${counts.inView === undefined ? "" : `; ${count("inView", "row")} in the view`}${counts.backedUp === undefined ? "" : `; ${count("backedUp", "record")} in the backup`}`
      );
    case "Warehouse":
      return (
        `${count("raw", "row")} in raw = ${count("rows", "row")} in ${count("tables", "table")} of the warehouse` +
        (counts.repeated ? `; ${count("repeated", "row")} copied again` : "")
      );
    default:
      return (
        `${count("records", "record")} in = ${count("rows", "row")} in ${count("items", "item")} + ` +
        `${count("leftOut", "row")} left out + ${count("unfolded", "row")} unfolded + ${count("undecoded", "record")} undecoded`
      );
  }
}

/** Empty for hooks that never failed. */
export function hookLines({ hookFailures }: LocalReport): string[] {
  return hookFailures.flatMap(({ records, detail, example, stack }) => [
    `${INDENT}${counting(records, "record")}: ${oneLine(detail)}`,
    ...stack.map((line) => `${INDENT}${INDENT}${INDENT}${line}`),
    `${INDENT}${INDENT}for example: streamlake inspect --record ${example}`,
  ]);
}

/** The error of a failed query is a failure of the run, which is printed after the results. */
export function queryLines({ sql, columns, rows, error, note }: QueryResult, table: TextTableOptions): string[] {
  if (error !== undefined) return [`${INDENT}${oneLine(sql)}`, `${INDENT}failed; its error is one of the last lines`];
  if (note !== undefined) return [`${INDENT}${oneLine(sql)}`, `${INDENT}no rows: ${note}`];
  const shown = rows.slice(0, MAX_ROWS).map((row) => row.map(textOf));
  const more = rows.length - shown.length;
  return [
    `${INDENT}${oneLine(sql)}`,
    ...(rows.length === 0 ? [`${INDENT}no rows`] : textTable(columns, shown, { indent: INDENT, ...table })),
    ...(more > 0 ? [`${INDENT}… and ${counting(more, "row")} more`] : []),
  ];
}

/** Null is shown as an empty cell. */
function textOf(cell: Cell): string | null {
  return cell === null ? null : String(cell);
}

export function iamLines({ denied, unused }: Usage, width: number): string[] {
  const lines = deniedTexts(denied).map((text) => `${INDENT}denied: ${text}`);
  if (denied.length === 0) lines.push(`${INDENT}no call was denied`);
  if (unused.length > 0) lines.push(`${INDENT}granted but not used (iam.unused of --report has the full list):`);
  return [...lines, ...unusedLines(unused, `${INDENT}${INDENT}`, width)];
}
