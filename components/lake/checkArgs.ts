/** Checks the arguments of a lake. */
import { type Column, checkColumns } from "../../lake/columns";
import { defaults } from "../../lake/defaults";
import { replayedPrefix } from "../../lake/replay/keys";
import { isTableName, liveNames, UNFORMATTED_TABLE } from "../../lake/tableName";
import { isDay, refuseProblems, wholeNumberProblem } from "../parts/checks";
import { type DerivedName, nameProblems } from "../parts/names";
import type { DataLakeArgs, LakeTable } from "./args";
import { existingProblems } from "./existingProblems";

/** @throws one error that names every problem */
export function checkDataLake(name: string, args: DataLakeArgs): void {
  refuseProblems("DataLake", name, [
    ...nameProblems(name, derivedNames(args)),
    args.tables && Object.keys(args.tables).length === 0 ? "tables is empty; name at least one." : undefined,
    ...Object.entries(args.tables ?? {}).flatMap(([table, declared]) =>
      tableProblems(table, declared, args.tables ?? {}),
    ),
    args.databaseName === undefined || isTableName(args.databaseName)
      ? undefined
      : `databaseName "${args.databaseName}" is not a Glue name; use lower-case letters, digits and "_".`,
    ...existingProblems(args),
    ...prefixProblems(args),
    args.firstDay === undefined || isDay(args.firstDay)
      ? undefined
      : `firstDay "${args.firstDay}" is not a day; write it as 2024-01-01.`,
    wholeNumberProblem("scanLimitGibibytes", args.scanLimitGibibytes, { min: 1, max: 1_000_000, unit: "GiB" }),
    ...retentionProblems(args),
  ]);
}

function derivedNames({ accessLogs }: DataLakeArgs): DerivedName[] {
  return [
    ["S3 bucket", "-results"],
    ...(accessLogs ? ([["S3 bucket", "-access-logs"]] as const) : []),
    ["IAM role", "-crawler-role"],
    ["Athena workgroup", "-workgroup"],
  ];
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

function tableProblems(
  table: string,
  declared: LakeTable,
  tables: Readonly<Record<string, LakeTable>>,
): (string | undefined)[] {
  const { columns, schema, liveDays } = declared;
  const isLive = (columns || schema) && liveDays !== 0;
  return [
    isTableName(table) ? undefined : `table "${table}" is not a Glue name; use lower-case letters, digits and "_".`,
    table === UNFORMATTED_TABLE
      ? `table "${table}" is the lake's own, for what could not be used; use another name.`
      : undefined,
    columns && schema ? `table "${table}" has columns and a schema; keep one of them.` : undefined,
    ...(columns ? columnProblems(table, columns) : []),
    wholeNumberProblem(`liveDays of table "${table}"`, liveDays, { min: 0, max: 365, unit: "days" }),
    liveDays && !isLive
      ? `table "${table}" has liveDays, but no declared columns; declare them, or remove liveDays.`
      : undefined,
    ...Object.values(isLive ? liveNames(table) : {}).map((name) =>
      Object.hasOwn(tables, name)
        ? `table "${name}" has a name that the live view of "${table}" needs; rename it, or set liveDays of "${table}" to 0.`
        : undefined,
    ),
  ];
}

function columnProblems(table: string, columns: readonly Column[]): string[] {
  return checkColumns(columns).map((problem) => `table "${table}": ${problem}.`);
}

function prefixProblems({ prefix, prefixes }: DataLakeArgs): (string | undefined)[] {
  const all = { ...defaults.prefixes, ...prefixes };
  const entries = Object.entries({ ...all, replayed: replayedPrefix(all.unformatted) });
  const isPrefix = (text: string) => /^([A-Za-z0-9_.-]+\/)+$/.test(text);
  return [
    prefix === undefined || isPrefix(prefix)
      ? undefined
      : `prefix is "${prefix}"; use letters, digits, "_", "." and "-", ending with one "/".`,
    ...entries.map(([role, own]) => {
      if (!isPrefix(own)) {
        return `prefix ${role} is "${own}"; use letters, digits, "_", "." and "-", ending with one "/".`;
      }
      const other = entries.find(([otherRole, text]) => otherRole !== role && own.startsWith(text));
      return other ? `prefix ${role} "${own}" lies in prefix ${other[0]} "${other[1]}"; keep them apart.` : undefined;
    }),
  ];
}
