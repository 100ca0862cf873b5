/** Parses and checks the arguments of a run of the flatten job. */
import { type Column, checkColumns } from "../../lake/columns";
import { type Hour, isHour } from "../../lake/hour";
import { isTableName } from "../../lake/tableName";

/** The checked arguments of the job. */
export interface FlattenArguments {
  readonly bucket: string;
  readonly hour: Hour;
  readonly tables: readonly string[];
  readonly rawPrefix: string;
  readonly parquetPrefix: string;
  readonly ledgerPrefix: string;
  /** Declared schemas, by table. */
  readonly columns: Readonly<Record<string, readonly Column[]>>;
}

/** Reads the arguments of a run, `--BUCKET` … `--COLUMNS`; all except `--COLUMNS` are required. */
export function parseArguments(given: Readonly<Record<string, string>>): FlattenArguments {
  const needed = (name: string) => {
    const value = given[`--${name}`];
    if (!value) throw new Error(`flatten_hour: the argument --${name} is missing`);
    return value;
  };
  const hour = needed("HOUR");
  if (!isHour(hour)) throw new Error(`flatten_hour: --HOUR "${hour}" is not an hour; write it as 2026-11-20T10 (UTC)`);
  const tables = needed("TABLES").split(",");
  const wrong = tables.find((table) => !isTableName(table));
  if (wrong !== undefined) throw new Error(`flatten_hour: --TABLES names "${wrong}", which is not a Glue table name`);
  return {
    bucket: needed("BUCKET"),
    hour,
    tables,
    rawPrefix: needed("RAW_PREFIX"),
    parquetPrefix: needed("PARQUET_PREFIX"),
    ledgerPrefix: needed("LEDGER_PREFIX"),
    columns: parseColumns(given["--COLUMNS"] ?? "{}"),
  };
}

function parseColumns(text: string): FlattenArguments["columns"] {
  let columns: FlattenArguments["columns"];
  try {
    columns = JSON.parse(text) as FlattenArguments["columns"];
  } catch (cause) {
    throw new Error("flatten_hour: --COLUMNS is not JSON", { cause });
  }
  for (const [table, declared] of Object.entries(columns)) {
    const [problem] = checkColumns(declared);
    if (problem) throw new Error(`flatten_hour: --COLUMNS of table "${table}": ${problem}`);
  }
  return columns;
}
