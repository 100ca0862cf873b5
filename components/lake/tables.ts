/** Builds the catalog's tables: one per declared schema, with partition projection, and one for unformatted records. */

import type * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import { type Column, META_COLUMNS, PARTITION_COLUMNS, UNFORMATTED_COLUMNS } from "../../lake/columns";
import { UNFORMATTED_TABLE } from "../../lake/tableName";
import type { LakeTable } from "./args";

export interface TableLocation {
  readonly databaseName: pulumi.Input<string>;
  readonly bucketName: pulumi.Input<string>;
  /** Ends with `/`. */
  readonly prefix: string;
  /** The first day shown, `2024-01-01`. */
  readonly firstDay: string;
}

/**
 * Parquet of one declared schema. Its partitions are computed, so that queries find an hour as soon as its objects
 * exist.
 */
export function parquetTable(
  table: string,
  columns: readonly Column[],
  location: TableLocation,
): glue.CatalogTableArgs {
  const root = pulumi.interpolate`s3://${location.bucketName}/${location.prefix}${table}/`;
  return {
    name: table,
    databaseName: location.databaseName,
    description: `Rows of ${table}, one partition an hour of arrival (UTC)`,
    tableType: "EXTERNAL_TABLE",
    parameters: {
      EXTERNAL: "TRUE",
      classification: "parquet",
      ...hourProjection(location.firstDay),
      "storage.location.template": pulumi.interpolate`${root}dt=\${dt}/hour=\${hour}/`,
    },
    partitionKeys: PARTITION_COLUMNS.map(({ name, type }) => ({ name, type })),
    storageDescriptor: {
      location: root,
      inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
      serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
      columns: [...META_COLUMNS, ...columns].map(({ name, type }) => ({ name, type })),
    },
  };
}

/** Records that could not be used, by the table that they were meant for. */
export function unformattedTable(tables: readonly string[], location: TableLocation): glue.CatalogTableArgs {
  const root = pulumi.interpolate`s3://${location.bucketName}/${location.prefix}`;
  return {
    name: UNFORMATTED_TABLE,
    databaseName: location.databaseName,
    description: "Records that could not be used: the bytes in base64, and the reason",
    tableType: "EXTERNAL_TABLE",
    parameters: {
      EXTERNAL: "TRUE",
      classification: "json",
      "projection.table_name.type": "enum",
      "projection.table_name.values": [...tables].sort().join(","),
      ...hourProjection(location.firstDay),
      "storage.location.template": pulumi.interpolate`${root}\${table_name}/dt=\${dt}/hour=\${hour}/`,
    },
    partitionKeys: [
      { name: "table_name", type: "string" },
      ...PARTITION_COLUMNS.map(({ name, type }) => ({ name, type })),
    ],
    storageDescriptor: {
      location: root,
      inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
      serDeInfo: { serializationLibrary: "org.openx.data.jsonserde.JsonSerDe" },
      columns: UNFORMATTED_COLUMNS.map((name) => ({ name, type: "string" })),
    },
  };
}

/** The parameters by which Athena computes the partitions of hours. */
export function hourProjection(firstDay: string): Record<string, string> {
  return {
    "projection.enabled": "true",
    "projection.dt.type": "date",
    "projection.dt.format": "yyyy-MM-dd",
    "projection.dt.range": `${firstDay},NOW`,
    "projection.dt.interval": "1",
    "projection.dt.interval.unit": "DAYS",
    "projection.hour.type": "integer",
    "projection.hour.range": "0,23",
    "projection.hour.digits": "2",
  };
}

/** The given tables, with the columns of their schemas filled in. */
export function withSchemas(tables: Readonly<Record<string, LakeTable>>): Record<string, LakeTable> {
  const filled = Object.entries(tables).map(([table, declared]) => {
    const { schema } = declared;
    return [table, schema ? { ...declared, columns: schema.columns } : declared] as const;
  });
  return Object.fromEntries(filled);
}

/** Declared columns by table, as the hourly step needs them. */
export function declaredColumns(tables: Readonly<Record<string, LakeTable>>): Record<string, Column[]> {
  const declared = Object.entries(tables).flatMap(([table, { columns }]) =>
    columns ? [[table, columns.map(({ name, type, path }) => ({ name, type, ...(path && { path }) }))] as const] : [],
  );
  return Object.fromEntries(declared);
}
