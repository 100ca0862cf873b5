/** What one query over the catalog is given, and what it answers. */
import type { Catalog, GlueTable } from "../../catalog/catalog";
import type { ObjectReader } from "../../catalog/objects";
import type { ColumnInfo } from "./resultTypes";

export interface QueryOptions {
  readonly catalog: Catalog;
  readonly reader: ObjectReader;
  readonly sql: string;
  /** For names without one. */
  readonly database: string;
  /** For what does not fit in memory; it is emptied again. */
  readonly scratchDir: string;
  readonly nowMillis: number;
  /** More than this in the query's tables ends it. @default none */
  readonly scanLimitBytes?: number;
  /** Before a table is read: throws where the caller may not see it. @default everything may be seen */
  authorize?(table: GlueTable): void;
  readonly signal?: AbortSignal;
}

export interface QueryResult {
  /** `UTILITY`: SHOW and DESCRIBE, whose results have no header row. */
  readonly kind: "DML" | "UTILITY";
  readonly columns: readonly ColumnInfo[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Bytes of the objects in the tables that the query names, those left out by partition aside. */
  readonly scannedBytes: number;
}
