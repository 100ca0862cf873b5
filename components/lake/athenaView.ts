/** Builds a view of the catalog in the form in which Athena itself stores views. */
import type * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import type { Column } from "../../lake/columns";
import { athenaType } from "../../lake/live/castSql";

interface ViewQuery {
  /** Its columns have the names and the order of `columns`. */
  readonly sql: string;
  readonly columns: readonly Column[];
}

export interface AthenaView extends ViewQuery {
  readonly name: string;
  readonly databaseName: pulumi.Input<string>;
  readonly description: string;
}

export function athenaView({ name, databaseName, description, ...query }: AthenaView): glue.CatalogTableArgs {
  return {
    name,
    databaseName,
    description,
    tableType: "VIRTUAL_VIEW",
    parameters: { presto_view: "true", comment: "Presto View" },
    viewOriginalText: pulumi.output(databaseName).apply((schema) => viewDefinition(query, schema)),
    viewExpandedText: "/* Presto View */",
    storageDescriptor: {
      columns: query.columns.map(({ name, type }) => ({ name, type })),
      serDeInfo: { name: "-", serializationLibrary: "-" },
    },
  };
}

/** @param schema the name of the database */
export function viewDefinition({ sql, columns }: ViewQuery, schema: string): string {
  const definition = {
    originalSql: sql,
    catalog: "awsdatacatalog",
    schema,
    columns: columns.map(({ name, type }) => ({ name, type: athenaType(type) })),
  };
  return `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString("base64")} */`;
}
