/** Declares the conversion of delivered rows to Parquet: the catalog's table and view, and Firehose's configuration. */
import * as glue from "@pulumi/aws/glue";
import type * as aws from "@pulumi/aws/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { META_COLUMNS, PARTITION_COLUMNS } from "../../lake/columns";
import { deliveredViewSql } from "../../lake/delivery/deliveredView";
import { deliveredNames } from "../../lake/tableName";
import { athenaView } from "../lake/athenaView";
import { parquetTable } from "../lake/tables";
import { transformed } from "../parts/transform";
import { type DeliveryStreamArgs, deliveryTable } from "./args";

export interface DeliveredTables {
  /** The Parquet as delivered, in which a row may be repeated. */
  readonly files: glue.CatalogTable;
  /** The view that has each row once. */
  readonly view: glue.CatalogTable;
}

/** Undefined without `parquet`. */
export function deliveredTables(
  name: string,
  args: DeliveryStreamArgs,
  parent: pulumi.Resource,
): DeliveredTables | undefined {
  if (!args.parquet) return undefined;
  const { lake, transform } = args;
  const table = deliveryTable(args);
  const { files, view } = deliveredNames(table);
  const { databaseName, firstDay, prefixes } = lake.resources;
  const columns = lake.tables[table]?.columns ?? [];
  const location = { databaseName, bucketName: lake.bucketName, prefix: prefixes.parquet, firstDay };
  const catalogued = (role: string, tableArgs: glue.CatalogTableArgs) =>
    new glue.CatalogTable(
      ...transformed<glue.CatalogTableArgs>(transform?.table, `${name}-${role}`, tableArgs, { parent }),
    );
  const all = [...META_COLUMNS, ...columns, ...PARTITION_COLUMNS];
  return {
    files: catalogued("delivered-files", {
      ...parquetTable(files, columns, location),
      description: `Rows of ${table} as Firehose delivers them; a row may be there more than once`,
    }),
    view: catalogued(
      "delivered",
      athenaView({
        name: view,
        databaseName,
        description: `Rows of ${table} that Firehose delivers, each once`,
        sql: deliveredViewSql(files, all),
        columns: all,
      }),
    ),
  };
}

/**
 * Firehose's own choices are left out: Snappy in Parquet, and the latest version of the table.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_DataFormatConversionConfiguration.html
 */
export function conversionOf(
  { files }: DeliveredTables,
  roleArn: pulumi.Input<string>,
): aws.kinesis.FirehoseDeliveryStreamExtendedS3ConfigurationDataFormatConversionConfiguration {
  return {
    enabled: true,
    inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
    outputFormatConfiguration: { serializer: { parquetSerDe: {} } },
    schemaConfiguration: { databaseName: files.databaseName, tableName: files.name, roleArn },
  };
}
