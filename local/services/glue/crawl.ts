/** Runs one crawl: lists a crawler's targets, reads the schemas of their Parquet files and updates the catalog. */

import { catalogArns } from "../../catalog/arns";
import { type Catalog, DESCRIPTOR_DEFAULTS, type GlueColumn, type GlueTable } from "../../catalog/catalog";
import { parseFolder } from "../../catalog/location";
import { objectsAs } from "../../catalog/objects";
import type { Principal } from "../../cloud/iam/principal";
import type { CloudContext } from "../../cloud/service";
import { openDuckDb } from "../../duckdb/duckdb";
import { type CrawledTable, type CrawlTarget, groupTarget } from "./crawlTargets";
import type { TableEffect } from "./glueRun";
import { mergeColumns, parquetColumns } from "./parquetColumns";

export interface Crawler {
  readonly name: string;
  /** ARN. */
  readonly role: string;
  readonly databaseName: string;
  readonly targets: readonly CrawlTarget[];
  readonly tableLevel?: number;
  readonly tablePrefix: string;
  /** With `LOG`, an existing table keeps its columns. */
  readonly updateBehavior: "UPDATE_IN_DATABASE" | "LOG";
}

/** The key in `Parameters` that marks a table that a crawler created. */
const CRAWLED_BY = "UPDATED_BY_CRAWLER";

/** Runs a crawl as the crawler's role, and reports each table. Never removes tables or partitions, as with the `deleteBehavior` `LOG`. */
export async function crawl(
  cloud: CloudContext,
  catalog: Catalog,
  role: Principal,
  crawler: Crawler,
  onEffect: (effect: TableEffect) => void,
): Promise<void> {
  authorizeCatalog(cloud, role, crawler, "GetDatabase", "GetTable");
  for (const target of crawler.targets) {
    const { bucket, prefix } = parseFolder(target.path);
    const objects = await objectsAs(cloud, role).list(bucket, prefix);
    for (const found of groupTarget(target, objects, crawler.tableLevel)) {
      const columns = await columnsOf(cloud, role, found);
      onEffect(putTable(cloud, catalog, role, crawler, found, columns));
    }
  }
}

async function columnsOf(cloud: CloudContext, role: Principal, table: CrawledTable): Promise<GlueColumn[]> {
  const keys = table.partitions.flatMap((partition) => partition.keys);
  const other = keys.find((key) => !key.endsWith(".parquet"));
  if (other) throw new Error(`"${other}" is not a Parquet object; crawling other formats is not simulated`);
  const files = objectsAs(cloud, role).open(table.location.bucket, keys);
  const db = await openDuckDb();
  try {
    const columns: GlueColumn[][] = [];
    for (const file of files) columns.push(await parquetColumns(db, file));
    return mergeColumns(columns).filter((column) => !table.partitionKeys.includes(column.Name));
  } finally {
    db.close();
  }
}

function putTable(
  cloud: CloudContext,
  catalog: Catalog,
  role: Principal,
  crawler: Crawler,
  found: CrawledTable,
  columns: readonly GlueColumn[],
): TableEffect {
  const name = `${crawler.tablePrefix}${found.name}`;
  const before = catalog.findTable(crawler.databaseName, name);
  if (before && before.Parameters[CRAWLED_BY] === undefined) {
    throw new Error(`table "${name}" already exists and no crawler created it; exclude its folder`);
  }
  authorizeCatalog(
    cloud,
    role,
    crawler,
    before ? "UpdateTable" : "CreateTable",
    "GetPartitions",
    "BatchCreatePartition",
  );
  const now = cloud.clock.now() / 1000;
  const keepsColumns = before !== undefined && crawler.updateBehavior === "LOG";
  const table: GlueTable = {
    Name: name,
    DatabaseName: crawler.databaseName,
    CreateTime: before?.CreateTime ?? now,
    UpdateTime: now,
    TableType: "EXTERNAL_TABLE",
    Parameters: { classification: "parquet", typeOfData: "file", [CRAWLED_BY]: crawler.name },
    PartitionKeys: found.partitionKeys.map((key) => ({ Name: key, Type: "string" })),
    StorageDescriptor: {
      Columns: keepsColumns ? before.StorageDescriptor.Columns : columns,
      Location: `s3://${found.location.bucket}/${found.location.prefix}`,
      InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
      Compressed: false,
      ...DESCRIPTOR_DEFAULTS,
      SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
    },
    CatalogId: cloud.accountId,
  };
  catalog.putTable(table);
  const known = new Set(before?.StorageDescriptor.Columns.map(({ Name }) => Name));
  const all = table.StorageDescriptor.Columns;
  return {
    kind: "crawled",
    table: name,
    columns: all.length,
    isNew: before === undefined,
    newColumns: all.filter(({ Name }) => !known.has(Name)).length,
    newPartitions: found.partitionKeys.length > 0 ? putPartitions(cloud, catalog, table, found, now) : 0,
  };
}

/** Returns the number of new ones. */
function putPartitions(
  cloud: CloudContext,
  catalog: Catalog,
  table: GlueTable,
  found: CrawledTable,
  now: number,
): number {
  const partitions = new Map(
    catalog.partitions(table.DatabaseName, table.Name).map((partition) => [partition.Values.join("/"), partition]),
  );
  const before = partitions.size;
  for (const { values, prefix } of found.partitions) {
    partitions.set(values.join("/"), {
      Values: values,
      DatabaseName: table.DatabaseName,
      TableName: table.Name,
      CreationTime: partitions.get(values.join("/"))?.CreationTime ?? now,
      StorageDescriptor: { ...table.StorageDescriptor, Location: `s3://${found.location.bucket}/${prefix}` },
      CatalogId: cloud.accountId,
    });
  }
  catalog.putPartitions(table.DatabaseName, table.Name, [...partitions.values()]);
  return partitions.size - before;
}

function authorizeCatalog(cloud: CloudContext, role: Principal, crawler: Crawler, ...actions: string[]): void {
  for (const action of actions) {
    const table = action === "GetDatabase" ? undefined : "*";
    const resources = catalogArns(cloud, crawler.databaseName, table);
    cloud.authorize(
      role,
      resources.map((resource) => ({ action: `glue:${action}`, resource })),
    );
  }
}
