/** Waits until all sent records have rows in a view of Parquet that Firehose delivers. */
import type { AthenaClient } from "@aws-sdk/client-athena";
import { addHours, type Hour, hourOf } from "../../lake/hour";
import { deliveredNames } from "../../lake/tableName";
import { CommandError } from "../errors";
import { runQuery } from "../run/athena";
import { athenaCalls } from "../target/athenaCalls";
import type { Io } from "../terminal/io";
import { counting } from "../terminal/wording";
import { type Counts, countRows } from "./countRows";
import type { TrackedRecords } from "./sendTracked";

interface Database {
  readonly client: AthenaClient;
  readonly database: string;
  readonly workgroup: string;
}

interface Sought extends Database {
  readonly sent: TrackedRecords;
  readonly sinceMillis: number;
  readonly deadlineMillis: number;
}

/** Each query has Athena's minimum charge, and Firehose delivers after minutes. */
const POLL_MILLIS = 15_000;

/** The views of Parquet that Firehose delivers; none for a delivery stream that delivers lines. */
export async function deliveredViews({ client, database, workgroup }: Database, io: Io): Promise<string[]> {
  const { clock, signal } = io;
  const result = await runQuery(athenaCalls(client), "SHOW TABLES", { database, workgroup }, { clock, signal });
  if (result.error !== undefined) {
    throw new CommandError(`streamlake smoke: the tables of ${database} cannot be listed: ${result.error}`);
  }
  const tables = result.rows.map(([name]) => String(name));
  const files = deliveredNames("").files;
  return tables.flatMap((table) => (table.endsWith(files) ? deliveredNames(table.slice(0, -files.length)).view : []));
}

/** @throws CommandError when records have no rows at the deadline */
export async function awaitInView(
  { sent, sinceMillis, deadlineMillis, ...athena }: Sought,
  views: readonly string[],
  io: Io,
): Promise<{ readonly view: string; readonly rows: Counts }> {
  for (;;) {
    const now = io.clock.now();
    const hours: Hour[] = [];
    for (let hour = hourOf(sinceMillis); hour <= hourOf(now); hour = addHours(hour, 1)) hours.push(hour);
    let most = 0;
    for (const view of views) {
      const rows = await countRows({ ...athena, records: sent.keys(), hours }, view, "_id", io);
      if (rows.records >= sent.size) return { view, rows };
      most = Math.max(most, rows.records);
    }
    if (now >= deadlineMillis) {
      throw new CommandError(
        `streamlake smoke: ${counting(sent.size - most, "record")} of ${sent.size} have no rows in ${views.join(", ")} in time; ` +
          "check the delivery stream's log, its function's log and failed-deliveries/",
      );
    }
    await io.clock.sleep(POLL_MILLIS, io.signal);
  }
}
