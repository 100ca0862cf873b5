/** A small lake on disk for query tests: a catalog and Parquet files, read as `streamlake query` reads them. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Catalog, type GlueColumn, type GlueTable } from "../../../local/catalog/catalog";
import { openDuckDb } from "../../../local/duckdb/duckdb";
import { queryLake } from "../../../local/queryLake";

export const NOW = Date.parse("2026-11-20T10:30:00Z");

export interface Lake {
  readonly dataDir: string;
  readonly catalog: Catalog;
  /** Writes a Parquet object from a SELECT. */
  putParquet(key: string, select: string): Promise<void>;
  put(key: string, body: string | Uint8Array): void;
  /** Values of all rows, header left out. */
  query(sql: string): Promise<(string | null)[][]>;
}

export function makeLake(): Lake {
  const dataDir = mkdtempSync(join(tmpdir(), "athena-"));
  const catalog = new Catalog(dataDir);
  catalog.putDatabase({ Name: "lake", CreateTime: 0, CatalogId: "000000000000" });
  const fileOf = (key: string) => {
    const file = join(dataDir, "s3", "bucket", key);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  };
  return {
    dataDir,
    catalog,
    async putParquet(key, select) {
      const db = await openDuckDb();
      await db.run(`COPY (${select}) TO '${fileOf(key)}' (FORMAT parquet)`);
      db.close();
    },
    put: (key, body) => writeFileSync(fileOf(key), body),
    query: async (sql) => (await queryLake({ dataDir, sql, nowMillis: NOW })).rows.map((row) => [...row]),
  };
}

export function table(name: string, columns: readonly GlueColumn[], more: Partial<GlueTable> = {}): GlueTable {
  return {
    Name: name,
    DatabaseName: "lake",
    CreateTime: 0,
    UpdateTime: 0,
    TableType: "EXTERNAL_TABLE",
    Parameters: {},
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: columns,
      Location: `s3://bucket/parquet-output/${name}/`,
      SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
    },
    CatalogId: "000000000000",
    ...more,
  };
}

export const HOUR_KEYS: readonly GlueColumn[] = [
  { Name: "dt", Type: "string" },
  { Name: "hour", Type: "string" },
];
