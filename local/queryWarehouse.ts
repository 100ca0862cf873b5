/** Queries the warehouse in the data directory of a run, without the run's cloud. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { runStatements, type StatementResult } from "./services/redshiftdata/service";
import { DATABASE_FILE } from "./services/redshiftserverless/service";

export interface WarehouseQuery {
  readonly dataDir: string;
  readonly sql: string;
  readonly nowMillis: number;
  readonly signal: AbortSignal;
}

/** The result, or the error as Redshift words it. */
export type WarehouseAnswer = { readonly result: StatementResult } | { readonly error: string };

/** @throws Error if the data directory has no warehouse, or several */
export async function queryWarehouse({ dataDir, sql, nowMillis, signal }: WarehouseQuery): Promise<WarehouseAnswer> {
  const [file, ...others] = warehouseFiles(dataDir);
  if (file === undefined) throw new Error(`"${dataDir}" has no warehouse that was loaded or asked`);
  if (others.length > 0) throw new Error(`"${dataDir}" has several warehouses; ask one by the Data API of --serve`);
  let answer: WarehouseAnswer = { error: "the statement did not run" };
  const offline = (what: string) => () => {
    throw new Error(`${what} of a run that is over cannot be read; ask by the Data API of --serve`);
  };
  await runStatements(
    {
      ...{ file, dataDir, nowMillis, signal, isReadOnly: true, parameters: {}, queryId: 0 },
      database: path.basename(path.dirname(file)),
      reader: offline("the objects"),
      stream: offline("the streams"),
    },
    [sql],
    {
      started: () => undefined,
      finished: (_, result) => {
        answer = { result };
      },
      failed: (_, error) => {
        answer = { error: error instanceof Error ? error.message : String(error) };
      },
    },
  );
  return answer;
}

/** The databases of the run's namespaces; one whose warehouse has run no statement has no file. */
function warehouseFiles(dataDir: string): string[] {
  const folder = path.join(dataDir, "redshift");
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).map((namespace) => path.join(folder, namespace, DATABASE_FILE));
  return files.filter((file) => existsSync(file)).sort();
}
