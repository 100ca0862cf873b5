/** Counts the rows and unformatted records of a run with SQL on Athena. */
import type { AthenaClient } from "@aws-sdk/client-athena";
import { type Hour, partitionOf } from "../../lake/hour";
import { CommandError } from "../errors";
import { type Cell, runQuery } from "../run/athena";
import { athenaCalls } from "../target/athenaCalls";
import type { Io } from "../terminal/io";

export interface CountOptions {
  readonly client: AthenaClient;
  readonly database: string;
  readonly workgroup: string;
  /** The records to count, `shardId-000000000000/4959…`. */
  readonly records: Iterable<string>;
  /** The hours of their table partitions. */
  readonly hours: Iterable<Hour>;
}

export interface Counts {
  /** All rows, duplicates included. */
  readonly rows: number;
  /** Different ids. */
  readonly ids: number;
  /** Different records of these ids. */
  readonly records: number;
}

const POLL_MILLIS = 500;

/** @param idColumn `"_id"` in tables, `"id"` in `unformatted` */
export async function countRows(options: CountOptions, table: string, idColumn: string, io: Io): Promise<Counts> {
  const { client, database, workgroup, records, hours } = options;
  const sequenceNumbers = [...records].map((record) => `'${record.slice(record.indexOf("/") + 1)}'`);
  const days = [...new Set([...hours].map((hour) => `'${partitionOf(hour).dt}'`))];
  const sql =
    `SELECT count(*) AS "rows", count(DISTINCT "${idColumn}") AS "ids", count(DISTINCT split_part("${idColumn}", '/', 2)) AS "records" FROM "${table}" ` +
    `WHERE "dt" IN (${days.join(", ")}) AND split_part("${idColumn}", '/', 2) IN (${sequenceNumbers.join(", ")})`;
  const context = { database, workgroup };
  const { clock, signal } = io;
  const result = await runQuery(athenaCalls(client), sql, context, { clock, signal, pollMillis: POLL_MILLIS });
  if (result.error !== undefined) {
    throw new CommandError(`streamlake smoke: SQL on the table ${table} of ${database} failed: ${result.error}`);
  }
  const [rowCount = 0, ids = 0, ofRecords = 0] = (result.rows[0] ?? []) as Cell[];
  return { rows: Number(rowCount), ids: Number(ids), records: Number(ofRecords) };
}
