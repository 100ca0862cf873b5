/** Queries the catalog and objects in the data directory of a run, without the run's cloud. */
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { Catalog, type GlueTable } from "./catalog/catalog";
import type { ObjectReader } from "./catalog/objects";
import { pathOfKey } from "./cloud/keyPath";
import { listFiles } from "./cloud/listFiles";
import {
  type KeptPage,
  type KeptResult,
  keepQuery,
  keptParts,
  keptRows,
  type QueryResult,
  runQuery,
} from "./services/athena/service";

export interface LakeQuery {
  readonly dataDir: string;
  readonly sql: string;
  /** @default the catalog's only database */
  readonly database?: string;
  /** The value of `NOW` in a partition projection. */
  readonly nowMillis: number;
  /** The result has only the first rows, and the number of all. @default every row */
  readonly maxRows?: number;
  /** Interrupts the query. */
  readonly signal?: AbortSignal;
}

/** @throws Error if the data directory has no catalog; AthenaError for an invalid query */
export async function queryLake(query: LakeQuery): Promise<QueryResult> {
  return runQuery(optionsOf(query));
}

/**
 * Keeps all rows of a query in a new file of DuckDB, from which `keptRows` reads them.
 *
 * @throws Error if the data directory has no catalog; AthenaError for an invalid query
 */
export async function keepLakeQuery(query: Omit<LakeQuery, "maxRows">, file: string): Promise<KeptResult> {
  return keepQuery(optionsOf(query), file);
}

export { type KeptPage, type KeptResult, keptParts, keptRows };

function optionsOf(query: LakeQuery): Parameters<typeof runQuery>[0] {
  const catalog = new Catalog(query.dataDir);
  return {
    catalog,
    reader: objectsBelow(query.dataDir),
    sql: query.sql,
    database: query.database ?? onlyDatabase(catalog, query.dataDir),
    scratchDir: path.join(query.dataDir, "tmp"),
    nowMillis: query.nowMillis,
    ...(query.maxRows !== undefined && { maxRows: query.maxRows }),
    ...(query.signal && { signal: query.signal }),
  };
}

/** The names of the catalog's databases. */
export function lakeDatabases(dataDir: string): string[] {
  return new Catalog(dataDir).databases().map(({ Name }) => Name);
}

/** The columns of each table of a database, partition columns last; empty if there is no such database. */
export function lakeTables({
  dataDir,
  database,
}: Pick<LakeQuery, "dataDir" | "database">): Record<string, { name: string; type: string }[]> {
  const catalog = new Catalog(dataDir);
  const name = database ?? (catalog.databases().length === 1 ? catalog.databases()[0]?.Name : undefined);
  if (!catalog.databases().some(({ Name }) => Name === name?.toLowerCase())) return {};
  const columnsOf = ({ StorageDescriptor, PartitionKeys }: GlueTable) =>
    [...StorageDescriptor.Columns, ...PartitionKeys].map(({ Name, Type }) => ({ name: Name, type: Type }));
  return Object.fromEntries(catalog.tables(name as string).map((table) => [table.Name, columnsOf(table)]));
}

function onlyDatabase(catalog: Catalog, dataDir: string): string {
  const names = catalog.databases().map((database) => database.Name);
  if (names.length === 1) return names[0] as string;
  if (names.length === 0) throw new Error(`"${dataDir}" has no catalog; run streamlake local first`);
  throw new Error(`the catalog in "${dataDir}" has databases ${names.join(", ")}; say which`);
}

/** Reads objects from their files, without checking permissions. */
function objectsBelow(dataDir: string): ObjectReader {
  const bucketDir = (bucket: string) => path.join(dataDir, "s3", bucket);
  return {
    async list(bucket, prefix) {
      if (!existsSync(bucketDir(bucket))) return [];
      return [...listFiles(bucketDir(bucket), prefix)].map((file) => ({
        key: file.key,
        bytes: statSync(file.path).size,
      }));
    },
    open: (bucket, keys) => keys.map((key) => path.join(bucketDir(bucket), ...pathOfKey(key))),
  };
}
