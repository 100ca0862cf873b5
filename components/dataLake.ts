/** Declares one lake: the buckets, the catalog and the Athena workgroup in which rows are stored and queried. */
import * as athena from "@pulumi/aws/athena";
import * as glue from "@pulumi/aws/glue";
import type * as aws from "@pulumi/aws/types/input";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { UNFORMATTED_TABLE } from "../lake/tableName";
import * as access from "./lake/access";
import {
  type DataLakeArgs,
  type DataLakeNodes,
  firstDayOf,
  type LakeRetentionDays,
  type LakeTable,
  prefixesOf,
  retentionOf,
  warnOfFirstDay,
} from "./lake/args";
import { type LakeBuckets, lakeBuckets, lakeLifecycle } from "./lake/buckets";
import { type LakeDatabase, type LakeWorkgroup, lakeDatabase, lakeWorkgroup } from "./lake/catalog";
import { checkDataLake } from "./lake/checkArgs";
import { type LakeCrawler, lakeCrawler } from "./lake/crawler";
import type { Lake } from "./lake/lake";
import { linesTable, liveProblems, liveTables, liveView } from "./lake/liveTables";
import { readyQueries } from "./lake/queries";
import { checkSchemaRecord, declaredSchemas } from "./lake/schemaRecords";
import { parquetTable, unformattedTable, withSchemas } from "./lake/tables";
import { refuseProblems } from "./parts/checks";
import { firstName } from "./parts/firstName";
import type { Graph, Monitoring } from "./parts/monitoring/monitoring";
import type { Permission } from "./parts/permission";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";

/** A lake on S3 that answers SQL: raw rows, unformatted records, and hourly Parquet. */
export class DataLake extends pulumi.ComponentResource implements Lake {
  readonly bucketName: pulumi.Output<string>;
  readonly failedBucketArn: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  readonly workgroupName: pulumi.Output<string>;
  readonly prefixes: access.LakePrefixes;
  readonly tables: Readonly<Record<string, LakeTable>>;
  /** How long objects are kept, days; undefined means for ever. */
  readonly retentionDays: LakeRetentionDays;
  readonly nodes: DataLakeNodes;
  /** For `PipelineDashboard`. */
  readonly monitoring: Monitoring;
  /**
   * The rules that delete objects of the lake. The lake's own bucket has them; the owner of an existing bucket adds them
   * to its lifecycle, which only one resource can declare.
   * @example new aws.s3.BucketLifecycleConfiguration("team", { bucket: bucket.id, rules: [...ours, ...lake.lifecycleRules] })
   */
  readonly lifecycleRules: readonly aws.s3.BucketLifecycleConfigurationRule[];
  /** ARNs, names and keys, for the permissions of components that use the lake. */
  readonly resources: access.LakeResources;

  constructor(name: string, args: DataLakeArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    checkDataLake(name, args);
    warnOfFirstDay(name, args);
    const schemas = declaredSchemas(name, args);
    checkSchemaRecord(name, schemas);
    const inputs = Object.keys(schemas).length > 0 ? { schemas } : {};
    super("streamlake:index:DataLake", name, inputs, withTags("DataLake", name, args, opts));
    this.tables = withSchemas(args.tables ?? { [defaults.table]: {} });
    refuseProblems("DataLake", name, liveProblems(this.tables));
    this.prefixes = prefixesOf(args);
    this.retentionDays = retentionOf(args);

    const database = lakeDatabase(name, firstName(name, opts), args, this);
    this.lifecycleRules = lakeLifecycle(this.prefixes, this.retentionDays);
    const buckets = lakeBuckets(name, {
      args,
      parent: this,
      lifecycleRules: this.lifecycleRules,
      retentionDays: this.retentionDays,
      databaseArn: database.arn,
    });
    const workgroup = lakeWorkgroup(name, { args, parent: this, results: buckets.results, database });
    this.bucketName = buckets.lake.name;
    this.failedBucketArn = buckets.failed.arn;
    this.databaseName = database.name;
    this.workgroupName = workgroup.name;
    const resources = this.accessible(args, buckets, database, workgroup);
    const crawler = this.crawler(name, args, resources);
    this.resources = { ...resources, crawlerName: crawler?.crawler.name };
    this.nodes = {
      ...buckets.nodes,
      database: database.node,
      workgroup: workgroup.node,
      tables: this.catalogTables(name, args, database),
      crawler,
      queries: this.queries(name, args, database, workgroup),
    };

    this.monitoring = {
      component: "DataLake",
      name,
      arn: database.arn,
      alarms: {},
      declared: {},
      graphs: [queryGraph(name, workgroup.name)],
      links: [],
    };

    this.registerOutputs({
      bucketName: this.bucketName,
      databaseName: this.databaseName,
      workgroupName: this.workgroupName,
    });
  }

  /** For programs that write rows as a router does: creating raw and unformatted objects. */
  writeAccess(): Permission[] {
    return access.landAccess(this.resources);
  }

  /** For programs that read the lake's objects: raw, unformatted and Parquet. */
  readAccess(): Permission[] {
    return access.readAccess(this.resources);
  }

  /** For programs that query in SQL: Athena, the catalog, Parquet and results. */
  queryAccess(): Permission[] {
    return access.queryAccess(this.resources);
  }

  /** For the role of QuickSight's Athena data sources: what `queryAccess()` allows, and what QuickSight asks besides. */
  quickSightAccess(): Permission[] {
    return access.quickSightAccess(this.resources);
  }

  private catalogTables(name: string, args: DataLakeArgs, database: LakeDatabase) {
    const firstDay = firstDayOf(args);
    const at = (prefix: string) => ({ databaseName: database.name, bucketName: this.bucketName, prefix, firstDay });
    const declare = (tableArgs: glue.CatalogTableArgs, table: string) =>
      new glue.CatalogTable(
        ...transformed<glue.CatalogTableArgs>(args.transform?.table, `${name}-table-${table}`, tableArgs, {
          parent: this,
        }),
      );
    const tables: Record<string, glue.CatalogTable> = {};
    for (const [table, { columns }] of Object.entries(this.tables)) {
      if (columns) tables[table] = declare(parquetTable(table, columns, at(this.prefixes.parquet)), table);
    }
    for (const live of liveTables(this.tables)) {
      tables[live.lines] = declare(linesTable(live, at(this.prefixes.raw)), live.lines);
      tables[live.view] = declare(liveView(live, database.name), live.view);
    }
    const sources = Object.keys(this.tables);
    tables[UNFORMATTED_TABLE] = declare(unformattedTable(sources, at(this.prefixes.unformatted)), UNFORMATTED_TABLE);
    return tables;
  }

  private crawler(name: string, args: DataLakeArgs, resources: access.LakeResources): LakeCrawler | undefined {
    const tables = Object.entries(this.tables);
    if (tables.every(([, table]) => table.columns)) return undefined;
    return lakeCrawler(`${name}-crawler`, {
      parent: this,
      lake: resources,
      bucketName: this.bucketName,
      declaredTables: tables.filter(([, table]) => table.columns).map(([table]) => table),
      transform: args.transform?.crawler,
    });
  }

  private queries(
    name: string,
    args: DataLakeArgs,
    database: LakeDatabase,
    workgroup: LakeWorkgroup,
  ): Record<string, athena.NamedQuery> {
    const declare = (role: string, description: string, query: string) =>
      new athena.NamedQuery(
        ...transformed<athena.NamedQueryArgs>(
          args.transform?.query,
          `${name}-query-${role}`,
          { name: role, description, query, database: database.name, workgroup: workgroup.node?.id ?? workgroup.name },
          { parent: this },
        ),
      );
    const ready = readyQueries(this.tables);
    return Object.fromEntries(ready.map(({ role, description, sql }) => [role, declare(role, description, sql)]));
  }

  private accessible(
    args: DataLakeArgs,
    { lake, failed }: LakeBuckets,
    database: LakeDatabase,
    workgroup: LakeWorkgroup,
  ): access.LakeResources {
    const live = liveTables(this.tables);
    const liveNames = live.flatMap(({ view, lines }) => [view, lines]);
    return {
      lakeArn: lake.arn,
      lakeKey: lake.key,
      failedArn: failed.arn,
      failedBucketName: failed.name,
      failedKey: failed.key,
      resultsArn: workgroup.resultsArn,
      resultsPrefix: workgroup.resultsPrefix,
      resultsKey: workgroup.resultsKey,
      databaseArn: database.arn,
      databaseName: database.name,
      // An existing database also has tables of others.
      tableNames: args.database ? [...Object.keys(this.tables), ...liveNames, UNFORMATTED_TABLE] : ["*"],
      workgroupArn: workgroup.arn,
      firstDay: firstDayOf(args),
      prefixes: this.prefixes,
      liveTables: live.map(({ table }) => table),
    };
  }
}

/**
 * Athena charges by the bytes that queries scan.
 * https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html
 */
function queryGraph(name: string, workgroupName: pulumi.Input<string>): Graph {
  const dimensions = { QueryState: "SUCCEEDED", QueryType: "DML", WorkGroup: workgroupName };
  const metric = { namespace: "AWS/Athena", metricName: "ProcessedBytes", dimensions, statistic: "Sum", label: name };
  return {
    section: "cost",
    title: `${name}: bytes that queries scan`,
    unit: "bytes",
    metrics: [metric as Graph["metrics"][number]],
  };
}
