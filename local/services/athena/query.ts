/** The options and the result of one query over the catalog. */
import type { Catalog, GlueTable } from "../../catalog/catalog";
import type { ObjectReader } from "../../catalog/objects";
import type { ColumnInfo } from "./resultTypes";

export interface QueryOptions {
  readonly catalog: Catalog;
  readonly reader: ObjectReader;
  readonly sql: string;
  /** The database of table names without one. */
  readonly database: string;
  /** Receives data that does not fit in memory; emptied after the query. */
  readonly scratchDir: string;
  readonly nowMillis: number;
  /** The query fails if its tables hold more bytes. @default no limit */
  readonly scanLimitBytes?: number;
  /** Called before a table is read; throws if the caller may not read it. @default every table may be read */
  authorize?(table: GlueTable): void;
  /** The result has only the first rows, and the number of all. @default every row */
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
}

export interface QueryResult {
  /** `UTILITY` for SHOW and DESCRIBE, whose results have no header row. */
  readonly kind: "DML" | "UTILITY";
  readonly columns: readonly ColumnInfo[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** All rows of a query with `maxRows`, of which `rows` has the first. */
  readonly total?: number;
  /** Bytes of the objects in the query's tables, without objects outside their partitions. */
  readonly scannedBytes: number;
}
