/** Declares one lake: the buckets, the catalog and the Athena workgroup in which rows are stored and queried. */
import * as athena from "@pulumi/aws/athena";
import * as glue from "@pulumi/aws/glue";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { UNFORMATTED_TABLE } from "../lake/tableName";
import * as access from "./lake/access";
import {
  checkDataLake,
  type DataLakeArgs,
  type DataLakeNodes,
  firstDayOf,
  type LakeRetentionDays,
  type LakeTable,
  retentionOf,
  warnOfFirstDay,
} from "./lake/args";
import { lakeBuckets } from "./lake/buckets";
import { type LakeCrawler, lakeCrawler } from "./lake/crawler";
import { linesTable, liveProblems, liveTables, liveView } from "./lake/liveTables";
import type { PrivateBucket } from "./lake/privateBucket";
import { readyQueries } from "./lake/queries";
import { checkSchemaRecord, declaredSchemas } from "./lake/schemaRecords";
import { parquetTable, unformattedTable, withSchemas } from "./lake/tables";
import { accountIdOf } from "./parts/arn";
import { refuseProblems } from "./parts/checks";
import { firstName } from "./parts/firstName";
import type { Permission } from "./parts/permission";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";

/** A lake on S3 that answers SQL: raw rows, unformatted records, and hourly Parquet. */
export class DataLake extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly failedBucketArn: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  readonly workgroupName: pulumi.Output<string>;
  readonly prefixes: access.LakePrefixes;
  readonly tables: Readonly<Record<string, LakeTable>>;
  /** How long objects are kept, days; undefined means for ever. */
  readonly retentionDays: LakeRetentionDays;
  readonly nodes: DataLakeNodes;
  /**
   * For the library's own components, which take their access from `lake/access.ts`.
   * @internal
   */
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
    this.prefixes = { ...defaults.prefixes, ...args.prefixes };
    this.retentionDays = retentionOf(args);

    const database = this.database(name, args, opts);
    const accountId = accountIdOf(database.arn);
    const buckets = lakeBuckets(name, {
      args,
      parent: this,
      prefixes: this.prefixes,
      retentionDays: this.retentionDays,
      accountId,
    });
    const workgroup = this.workgroup(name, args, buckets.results);
    this.bucketName = buckets.lake.bucket.id;
    this.failedBucketArn = buckets.failed.bucket.arn;
    this.databaseName = database.name;
    this.workgroupName = workgroup.name;
    this.resources = this.accessible(args, buckets, database, workgroup);
    this.nodes = {
      ...buckets,
      database,
      workgroup,
      tables: this.catalogTables(name, args, database),
      crawler: this.crawler(name, args, database),
      queries: this.queries(name, args, database, workgroup),
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

  private database(name: string, args: DataLakeArgs, opts?: pulumi.ComponentResourceOptions): glue.CatalogDatabase {
    const databaseName = args.databaseName ?? databaseNameOf(firstName(name, opts));
    return new glue.CatalogDatabase(
      ...transformed<glue.CatalogDatabaseArgs>(
        args.transform?.database,
        `${name}-database`,
        // Fixed, because every query would have to quote the hyphens of a generated name.
        { name: databaseName, description: `Tables of ${name}` },
        { parent: this },
      ),
    );
  }

  private catalogTables(name: string, args: DataLakeArgs, database: glue.CatalogDatabase) {
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

  private crawler(name: string, args: DataLakeArgs, database: glue.CatalogDatabase): LakeCrawler | undefined {
    const tables = Object.entries(this.tables);
    if (tables.every(([, table]) => table.columns)) return undefined;
    return lakeCrawler(`${name}-crawler`, {
      parent: this,
      database,
      bucketName: this.bucketName,
      prefix: this.prefixes.parquet,
      declaredTables: tables.filter(([, table]) => table.columns).map(([table]) => table),
      readAccess: access.parquetAccess(this.resources),
      transform: args.transform?.crawler,
    });
  }

  private workgroup(name: string, args: DataLakeArgs, results: PrivateBucket): athena.Workgroup {
    const gibibytes = args.scanLimitGibibytes ?? defaults.athena.scanLimitGibibytes;
    return new athena.Workgroup(
      ...transformed<athena.WorkgroupArgs>(
        args.transform?.workgroup,
        `${name}-workgroup`,
        {
          description: `Queries over ${name}`,
          // Without it, query history would prevent deletion of the workgroup; results are in a bucket of their own.
          forceDestroy: true,
          configuration: {
            enforceWorkgroupConfiguration: true,
            publishCloudwatchMetricsEnabled: true,
            bytesScannedCutoffPerQuery: gibibytes * 1024 ** 3,
            engineVersion: { selectedEngineVersion: "Athena engine version 3" },
            resultConfiguration: {
              outputLocation: pulumi.interpolate`s3://${results.bucket.id}/`,
              encryptionConfiguration: args.encryptionKeyArn
                ? { encryptionOption: "SSE_KMS", kmsKeyArn: args.encryptionKeyArn }
                : { encryptionOption: "SSE_S3" },
            },
          },
        },
        { parent: this },
      ),
    );
  }

  private queries(
    name: string,
    args: DataLakeArgs,
    database: glue.CatalogDatabase,
    workgroup: athena.Workgroup,
  ): Record<string, athena.NamedQuery> {
    const declare = (role: string, description: string, query: string) =>
      new athena.NamedQuery(
        ...transformed<athena.NamedQueryArgs>(
          args.transform?.query,
          `${name}-query-${role}`,
          { name: role, description, query, database: database.name, workgroup: workgroup.id },
          { parent: this },
        ),
      );
    const ready = readyQueries(this.tables);
    return Object.fromEntries(ready.map(({ role, description, sql }) => [role, declare(role, description, sql)]));
  }

  private accessible(
    args: DataLakeArgs,
    buckets: Pick<DataLakeNodes, "lake" | "failed" | "results">,
    database: glue.CatalogDatabase,
    workgroup: athena.Workgroup,
  ): access.LakeResources {
    return {
      lakeArn: buckets.lake.bucket.arn,
      failedArn: buckets.failed.bucket.arn,
      resultsArn: buckets.results.bucket.arn,
      databaseArn: database.arn,
      databaseName: database.name,
      workgroupArn: workgroup.arn,
      prefixes: this.prefixes,
      liveTables: liveTables(this.tables).map(({ table }) => table),
      encryptionKeyArn: args.encryptionKeyArn,
    };
  }
}

function databaseNameOf(name: string): string {
  return `${pulumi.getProject()}_${pulumi.getStack()}_${name}`.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}
