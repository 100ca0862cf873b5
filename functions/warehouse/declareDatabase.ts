/** Makes what a warehouse's database lacks: schema, tables, columns, and the materialized views of streams. */
import type { Column } from "../../lake/columns";
import {
  type StreamViewStatements,
  streamSchemaStatement,
  streamViewStatements,
  streamViewsQuery,
} from "../../lake/warehouse/streamViews";
import { catalogQuery, declareTables, LOADS_TABLE } from "../../lake/warehouse/tables";
import type { WarehouseDatabase } from "../effects/warehouseDatabase";
import type { LoadFailure } from "./rawObjects";

interface DeclaredTables {
  readonly schema: string;
  /** Declared columns by table. */
  readonly tables: Readonly<Record<string, readonly Column[]>>;
}

/** Resolves to true if the table of loads was there before. */
export async function makeTables({ schema, tables }: DeclaredTables, database: WarehouseDatabase): Promise<boolean> {
  const present = new Map<string, Set<string>>();
  for (const [table, column] of await database.query(catalogQuery(schema))) {
    if (!table || !column) continue;
    present.set(table, (present.get(table) ?? new Set()).add(column));
  }
  for (const transaction of declareTables(schema, tables, present)) await database.run(transaction);
  return present.has(LOADS_TABLE);
}

export interface DeclaredStreams {
  readonly database: string;
  readonly schema: string;
  /** Names of streams, by the names of their views. */
  readonly streams: Readonly<Record<string, string>>;
  /** ARN of the role that reads the streams. */
  readonly roleArn: string;
}

/** A view that cannot be made is a failure of its own: the tables are loaded all the same. */
export async function makeStreamViews(
  { database: name, schema, streams, roleArn }: DeclaredStreams,
  database: WarehouseDatabase,
): Promise<LoadFailure[]> {
  if (Object.keys(streams).length === 0) return [];
  const present = async () => new Set((await database.query(streamViewsQuery(name, schema))).map(([view]) => view));
  const failures: LoadFailure[] = [];
  const before = await present();
  for (const [view, stream] of Object.entries(streams)) {
    if (before.has(view)) continue;
    try {
      if (stream !== stream.toLowerCase()) throw new Error("Redshift reads names of streams without capitals");
      await database.run([streamSchemaStatement(schema, roleArn)]);
      await makeView(streamViewStatements(schema, view, stream), database);
    } catch (error) {
      // A plan beside this one may have made it.
      if ((await present()).has(view)) continue;
      const cause = error instanceof Error ? error.message : "unknown";
      failures.push({ step: `make the view ${view} of the stream ${stream}`, error: "StreamView", cause });
    }
  }
  return failures;
}

/** A view that nobody may read is dropped, so that the next plan makes it again. */
async function makeView({ create, grant, drop }: StreamViewStatements, database: WarehouseDatabase): Promise<void> {
  await database.run([create]);
  try {
    await database.run([grant]);
  } catch (error) {
    await database.run([drop]);
    throw error;
  }
}
