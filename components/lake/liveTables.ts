/** Builds the catalog's tables of a live view: the lines of `raw/`, and the view that adds them to the table's rows. */
import type * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import { type Column, PARTITION_COLUMNS } from "../../lake/columns";
import { defaults } from "../../lake/defaults";
import { liveColumns, liveViewSql } from "../../lake/live/viewSql";
import { liveNames } from "../../lake/tableName";
import type { LakeTable } from "./args";
import { athenaView, viewDefinition } from "./athenaView";
import { hourProjection, type TableLocation } from "./tables";

interface LiveTable {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly days: number;
  /** The view's name. */
  readonly view: string;
  /** The name of the table with the lines of `raw/`. */
  readonly lines: string;
}

/** Glue's limit for a view's definition. https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html */
const MAX_VIEW_CHARACTERS = 409_600;

/** The live views of a lake's tables, whose schemas are filled in. */
export function liveTables(tables: Readonly<Record<string, LakeTable>>): LiveTable[] {
  return Object.entries(tables).flatMap(([table, { columns, liveDays: days = defaults.liveDays }]) =>
    columns && days > 0 ? [{ table, columns, days, ...liveNames(table) }] : [],
  );
}

/** A problem of views that Glue does not take; undefined if there is none. */
export function liveProblems(tables: Readonly<Record<string, LakeTable>>): (string | undefined)[] {
  return liveTables(tables).map((live) =>
    viewDefinition(viewOf(live), "d".repeat(255)).length <= MAX_VIEW_CHARACTERS
      ? undefined
      : `table "${live.table}" has too many columns for its live view; set its liveDays to 0, or give the columns that have no path one.`,
  );
}

/**
 * Lines of `raw/` in one column. No character of the lines separates columns: in JSON, control characters are escaped.
 *
 * @param location its prefix is that of `raw/`
 */
export function linesTable({ table, lines }: LiveTable, location: TableLocation): glue.CatalogTableArgs {
  const root = pulumi.interpolate`s3://${location.bucketName}/${location.prefix}${table}/`;
  return {
    name: lines,
    databaseName: location.databaseName,
    description: `Lines of raw/ for the live view of ${table}; a row may be there more than once`,
    tableType: "EXTERNAL_TABLE",
    parameters: {
      EXTERNAL: "TRUE",
      ...hourProjection(location.firstDay),
      "storage.location.template": pulumi.interpolate`${root}dt=\${dt}/hour=\${hour}/`,
    },
    partitionKeys: PARTITION_COLUMNS.map(({ name, type }) => ({ name, type })),
    storageDescriptor: {
      location: root,
      inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
      outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
      serDeInfo: {
        serializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        parameters: { "field.delim": "\u0001" },
      },
      columns: [{ name: "line", type: "string" }],
    },
  };
}

export function liveView(live: LiveTable, databaseName: pulumi.Input<string>): glue.CatalogTableArgs {
  return athenaView({
    ...viewOf(live),
    databaseName,
    description: `Rows of ${live.table}, and rows of raw/ that are not flattened yet`,
  });
}

function viewOf({ view, table, lines, columns, days }: LiveTable) {
  return { name: view, sql: liveViewSql({ table, lines, columns, days }), columns: liveColumns(columns) };
}
