/** Summarizes the values of a run's tables by format: rows, sizes, and the distribution of each column of numbers. */
import type { ValuesAnswer, ValuesColumn } from "../../console/wire";
import { lakeDatabases, lakeTables, type queryLake } from "../../local/queryLake";
import { rowSizes } from "./rowSizes";

/** Columns of numbers of each table, in the order of the table. */
const MAX_COLUMNS = 24;
const BINS = 20;
const NUMBERS = /^(tinyint|smallint|int|integer|bigint|float|double|decimal)/;

type Rows = Awaited<ReturnType<typeof queryLake>>["rows"];
type Query = (sql: string, database: string) => Promise<{ readonly rows: Rows }>;

/** @param query runs SQL of Athena over the run */
export async function valuesOf(dataDir: string, query: Query): Promise<ValuesAnswer> {
  const tables: { -readonly [K in keyof ValuesAnswer["tables"][number]]: ValuesAnswer["tables"][number][K] }[] = [];
  for (const database of lakeDatabases(dataDir)) {
    for (const [table, columns] of Object.entries(lakeTables({ dataDir, database }))) {
      if (!columns.some(({ name }) => name === "_format")) continue;
      const numbers = columns.filter(({ type }) => NUMBERS.test(type)).map(({ name }) => name);
      const of = { database, table };
      try {
        const all = await summaryOf(numbers.slice(0, MAX_COLUMNS), table, (sql) => query(sql, database));
        tables.push({ ...of, ...all, leftOutColumns: Math.max(0, numbers.length - MAX_COLUMNS) });
      } catch (error) {
        tables.push({ ...of, rows: [], columns: [], leftOutColumns: 0, error: firstLine((error as Error).message) });
      }
    }
  }
  return { tables, sizes: await rowSizes(dataDir) };
}

async function summaryOf(names: readonly string[], table: string, query: (sql: string) => ReturnType<Query>) {
  const format = "coalesce(\"_format\", 'none')";
  const measures = names.flatMap((name) => {
    const number = numberOf(name);
    return [`count(${number})`, `min(${number})`, `avg(${number})`, `max(${number})`];
  });
  const select = [format, "count(*)", ...measures].join(", ");
  const { rows } = await query(`SELECT ${select} FROM ${quoted(table)} GROUP BY 1 ORDER BY 1`);
  const columns = names.flatMap((name, index): ValuesColumn[] => {
    const formats = rows.flatMap(([of, , ...all]) => {
      const [count = 0, min, mean, max] = all.slice(index * 4, index * 4 + 4).map(Number);
      return count === 0 ? [] : [{ format: String(of), count, min: min ?? 0, mean: mean ?? 0, max: max ?? 0 }];
    });
    if (formats.length === 0) return [];
    const [from, to] = [Math.min(...formats.map(({ min }) => min)), Math.max(...formats.map(({ max }) => max))];
    return [{ name, from, to, formats: formats.map((one) => ({ ...one, bins: Array(BINS).fill(0) as number[] })) }];
  });
  const spread = columns.filter(({ from, to }) => from < to);
  if (spread.length > 0) {
    const counts = await query(
      spread.map((column, index) => binsSql(column, index, table, format)).join(" UNION ALL "),
    );
    for (const [index, of, bin, count] of counts.rows) {
      const found = spread[Number(index)]?.formats.find((one) => one.format === of);
      if (found) found.bins[Number(bin)] = Number(count);
    }
  }
  return { rows: rows.map(([of, count]) => ({ format: String(of), count: Number(count) })), columns };
}

function binsSql({ name, from, to }: ValuesColumn, index: number, table: string, format: string): string {
  const number = numberOf(name);
  const bin = `least(${BINS - 1}, CAST(floor((${number} - ${exact(from)}) / ${exact((to - from) / BINS)}) AS integer))`;
  return `SELECT ${index}, ${format}, ${bin}, count(*) FROM ${quoted(table)} WHERE ${number} IS NOT NULL GROUP BY 1, 2, 3`;
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf("\n") + 1 || undefined).trim();
}

/** The column's finite numbers; null for others. */
function numberOf(name: string): string {
  const number = `CAST(${quoted(name)} AS double)`;
  return `CASE WHEN is_finite(${number}) THEN ${number} END`;
}

/** A literal of the type double. */
function exact(number: number): string {
  return `CAST(${JSON.stringify(String(number)).replaceAll('"', "'")} AS double)`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
