/** Checks of a lake's arguments, before anything is declared. */
import { type Column, META_COLUMNS, PARTITION_COLUMNS } from "../../lake/columns";
import { defaults } from "../../lake/defaults";
import { isTableName, UNFORMATTED_TABLE } from "../../lake/tableName";
import { refuseProblems, wholeNumberProblem } from "../parts/checks";
import type { DataLakeArgs } from "./args";

const COLUMN_TYPE =
  /^(boolean|bigint|double|string|timestamp|date|array<(boolean|bigint|double|string|timestamp|date)>)$/;
const RESERVED_COLUMNS = new Set([...META_COLUMNS, ...PARTITION_COLUMNS].map(({ name }) => name));

/** @throws one error that names every problem */
export function checkDataLake(name: string, args: DataLakeArgs): void {
  refuseProblems("DataLake", name, [
    args.tables && Object.keys(args.tables).length === 0 ? "tables is empty; name at least one." : undefined,
    ...Object.entries(args.tables ?? {}).flatMap(([table, { columns, schema }]) => [
      tableProblem(table),
      columns && schema ? `table "${table}" has columns and a schema; keep one of them.` : undefined,
      ...(columns ? columnProblems(table, columns) : []),
    ]),
    args.databaseName === undefined || isTableName(args.databaseName)
      ? undefined
      : `databaseName "${args.databaseName}" is not a Glue name; use lower-case letters, digits and "_".`,
    ...prefixProblems({ ...defaults.prefixes, ...args.prefixes }),
    args.firstDay === undefined || isDay(args.firstDay)
      ? undefined
      : `firstDay "${args.firstDay}" is not a day; write it as 2024-01-01.`,
    wholeNumberProblem("scanLimitGibibytes", args.scanLimitGibibytes, { min: 1, max: 1_000_000, unit: "GiB" }),
    ...retentionProblems(args),
  ]);
}

const RETENTIONS = ["raw", "unformatted", "parquet", "results", "failedBatches", "accessLogs"];

function retentionProblems({ retentionDays = {}, accessLogs }: DataLakeArgs): (string | undefined)[] {
  return [
    ...Object.entries(retentionDays).map(([kind, days]) =>
      RETENTIONS.includes(kind)
        ? wholeNumberProblem(`retentionDays.${kind}`, days, { min: 1, max: 36_500, unit: "days" })
        : `retentionDays has "${kind}"; use ${RETENTIONS.join(", ")}.`,
    ),
    retentionDays.accessLogs !== undefined && !accessLogs
      ? "retentionDays.accessLogs is given, but accessLogs is not true; set it."
      : undefined,
  ];
}

function tableProblem(table: string): string | undefined {
  if (!isTableName(table)) return `table "${table}" is not a Glue name; use lower-case letters, digits and "_".`;
  if (table === UNFORMATTED_TABLE)
    return `table "${table}" is the lake's own, for what could not be used; use another name.`;
  return undefined;
}

function columnProblems(table: string, columns: readonly Column[]): (string | undefined)[] {
  const seen = new Set<string>();
  return columns.map(({ name, type }) => {
    const column = `column "${name}" of table "${table}"`;
    if (!/^[a-z0-9_]{1,255}$/.test(name)) return `${column} is not a name; use lower-case letters, digits and "_".`;
    if (RESERVED_COLUMNS.has(name)) return `${column} is one of the lake's own; use another name.`;
    if (seen.has(name)) return `${column} is there twice.`;
    seen.add(name);
    if (!COLUMN_TYPE.test(type)) {
      return `${column} has the type "${type}"; use boolean, bigint, double, string, timestamp, date, or array<…> of one.`;
    }
    return undefined;
  });
}

function prefixProblems(prefixes: object): (string | undefined)[] {
  const entries = Object.entries(prefixes) as [string, string][];
  return entries.map(([role, prefix]) => {
    if (!/^([A-Za-z0-9_.-]+\/)+$/.test(prefix)) {
      return `prefix ${role} is "${prefix}"; use letters, digits, "_", "." and "-", ending with one "/".`;
    }
    const other = entries.find(([otherRole, text]) => otherRole !== role && prefix.startsWith(text));
    return other ? `prefix ${role} "${prefix}" lies in prefix ${other[0]} "${other[1]}"; keep them apart.` : undefined;
  });
}

function isDay(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
  );
}
