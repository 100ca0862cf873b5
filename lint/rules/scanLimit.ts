/** Holds the scan limit of a workgroup to the size of a day of the tables. */
import { numberOf, objectOf } from "../program";
import type { Rule } from "../rule";

const WORKGROUP = "aws:athena/workgroup:Workgroup";
const QUERY = "aws:athena/namedQuery:NamedQuery";
const DEFAULT_RECORD_BYTES = 1000;
/** A low estimate, so that a rule that knows no data is silent in doubt: Parquet of columns with many repeated values. */
const PARQUET_SHARE = 0.05;

/** Athena cancels a query beyond the limit. Without the number of records a day, the size is unknown. */
export const scanLimit: Rule = {
  id: "scan-limit",
  title: "The scan limit of a workgroup should allow queries over the days that its ready queries read",
  needs: ({ recordsPerDay }) => recordsPerDay !== undefined,
  find: (program, { recordsPerDay, recordBytes = DEFAULT_RECORD_BYTES }) => {
    if (recordsPerDay === undefined) return [];
    const dayBytes = recordsPerDay * recordBytes * PARQUET_SHARE;
    return program.all(WORKGROUP).flatMap((workgroup) => {
      const limit = numberOf(objectOf(workgroup.inputs.configuration).bytesScannedCutoffPerQuery, Number.NaN);
      const days = program
        .all(QUERY)
        .filter((query) => program.used(query, "workgroup", WORKGROUP).includes(workgroup))
        .flatMap(({ name, inputs }) => readRows(name, String(inputs.query)));
      const [longest] = days.sort((one, other) => other.days - one.days);
      if (!longest || limit === undefined) return [];
      // How records are divided among tables is not known; one table has at least its part.
      const bytes = (dayBytes * longest.days) / new Set(days.map(({ table }) => table)).size;
      if (!(bytes > limit)) return [];
      return {
        resource: workgroup,
        problem: `Athena cancels queries beyond ${gigabytes(limit)} GB, but ${longest.name} reads all columns of ${longest.days} days: at least ${gigabytes(bytes)} GB of Parquet at ${recordsPerDay} records of ${recordBytes} bytes a day.`,
        wayOut: `Raise bytesScannedCutoffPerQuery (scanLimitGibibytes of a DataLake), or shorten the query's days.`,
      };
    });
  },
};

/** The table and the days of a query that reads rows and counts nothing; empty for others. */
function readRows(name: string, sql: string): { name: string; table: string; days: number }[] {
  if (/\bGROUP BY\b|\bcount\s*\(/i.test(sql)) return [];
  const table = /\bFROM\s+"?(\w+)"?/i.exec(sql)?.[1];
  const days = /current_date\s*-\s*interval\s*'(\d+)'\s*day/i.exec(sql)?.[1];
  return table === undefined || days === undefined ? [] : [{ name, table, days: Number(days) }];
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
