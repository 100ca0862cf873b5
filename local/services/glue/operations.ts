/** Glue's API operations on the catalog, crawlers and jobs; inputs and outputs have the fields of AWS's. */

import { catalogArns, glueArn } from "../../catalog/arns";
import { pageOf } from "../../cloud/pages";
import type { CloudContext, Operation } from "../../cloud/service";
import { ServiceError } from "../../cloud/service";
import type { Crawler } from "./crawl";
import { matchesExpression } from "./partitionExpression";
import type { GlueState } from "./resources";

interface Paged {
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

/** A part of a table's partitions, for parallel requests. */
interface Segment {
  readonly SegmentNumber: number;
  readonly TotalSegments: number;
}

type Operations = Record<string, Operation<never>>;

export function catalogOperations(cloud: CloudContext, { catalog }: GlueState): Operations {
  const access = (action: string, database?: string, table?: string) =>
    catalogArns(cloud, database, table).map((resource) => ({ action: `glue:${action}`, resource }));
  const partition = (of: { DatabaseName: string; TableName: string }, values: readonly string[]) =>
    catalog.partitions(of.DatabaseName, of.TableName).find(({ Values }) => Values.join("/") === values.join("/"));
  return {
    GetDatabases: {
      access: () => access("GetDatabases", "*"),
      run: (input: Paged) => {
        const { items, NextToken } = pageOf(catalog.databases(), input, 100);
        return { DatabaseList: items, NextToken };
      },
    },
    GetDatabase: {
      access: (input: { Name: string }) => access("GetDatabase", input.Name),
      run: (input: { Name: string }) => ({ Database: catalog.database(input.Name) }),
    },
    GetTables: {
      access: (input: { DatabaseName: string }) => access("GetTables", input.DatabaseName, "*"),
      run: (input: { DatabaseName: string; Expression?: string } & Paged) => {
        const pattern = input.Expression === undefined ? undefined : new RegExp(`^(?:${input.Expression})$`);
        const tables = catalog.tables(input.DatabaseName).filter((table) => pattern?.test(table.Name) ?? true);
        const { items, NextToken } = pageOf(tables, input, 100);
        return { TableList: items, NextToken };
      },
    },
    GetTable: {
      access: (input: { DatabaseName: string; Name: string }) => access("GetTable", input.DatabaseName, input.Name),
      run: (input: { DatabaseName: string; Name: string }) => ({
        Table: catalog.table(input.DatabaseName, input.Name),
      }),
    },
    GetPartitions: {
      access: (input: { DatabaseName: string; TableName: string }) =>
        access("GetPartitions", input.DatabaseName, input.TableName),
      run: (input: { DatabaseName: string; TableName: string; Expression?: string; Segment?: Segment } & Paged) => {
        const { PartitionKeys } = catalog.table(input.DatabaseName, input.TableName);
        const { SegmentNumber, TotalSegments } = input.Segment ?? { SegmentNumber: 0, TotalSegments: 1 };
        const partitions = catalog
          .partitions(input.DatabaseName, input.TableName)
          .filter((_, index) => index % TotalSegments === SegmentNumber)
          .filter(({ Values }) => matchesExpression(input.Expression, PartitionKeys, Values));
        const { items, NextToken } = pageOf(partitions, input, 1000);
        return { Partitions: items, NextToken };
      },
    },
    GetPartition: {
      access: (input: { DatabaseName: string; TableName: string }) =>
        access("GetPartition", input.DatabaseName, input.TableName),
      run: (input: { DatabaseName: string; TableName: string; PartitionValues: string[] }) => {
        const found = partition(input, input.PartitionValues);
        if (!found) throw new ServiceError("EntityNotFoundException", "Cannot find partition.");
        return { Partition: found };
      },
    },
    BatchGetPartition: {
      access: (input: { DatabaseName: string; TableName: string }) =>
        access("BatchGetPartition", input.DatabaseName, input.TableName),
      /** Leaves missing partitions out, as AWS does. */
      run: (input: { DatabaseName: string; TableName: string; PartitionsToGet: { Values: string[] }[] }) => ({
        Partitions: input.PartitionsToGet.flatMap(({ Values }) => partition(input, Values) ?? []),
        UnprocessedKeys: [],
      }),
    },
  };
}

export function jobOperations(cloud: CloudContext, { jobs }: GlueState): Operations {
  const access = (action: string, name: string) => [
    { action: `glue:${action}`, resource: glueArn(cloud, `job/${name}`) },
  ];
  const wireJob = (name: string) => {
    const job = jobs.job(name);
    return {
      Name: job.name,
      Role: job.role,
      Command: { Name: "glueetl", ScriptLocation: job.scriptLocation },
      DefaultArguments: job.defaultArguments,
      ExecutionProperty: { MaxConcurrentRuns: job.maxConcurrentRuns },
    };
  };
  return {
    GetJob: {
      access: (input: { JobName: string }) => access("GetJob", input.JobName),
      run: (input: { JobName: string }) => ({ Job: wireJob(input.JobName) }),
    },
    GetJobs: {
      access: () => access("GetJobs", "*"),
      run: (input: Paged) => {
        const { items, NextToken } = pageOf(jobs.jobs(), input, 100);
        return { Jobs: items.map((job) => wireJob(job.name)), NextToken };
      },
    },
    ListJobs: {
      access: () => access("ListJobs", "*"),
      run: (input: Paged) => {
        const { items, NextToken } = pageOf(jobs.jobs(), input, 100);
        return { JobNames: items.map((job) => job.name), NextToken };
      },
    },
    StartJobRun: {
      access: (input: { JobName: string }) => access("StartJobRun", input.JobName),
      run: (input: { JobName: string; Arguments?: Record<string, string> }) => ({
        JobRunId: jobs.start(input.JobName, input.Arguments ?? {}).Id,
      }),
    },
    GetJobRun: {
      access: (input: { JobName: string }) => access("GetJobRun", input.JobName),
      run: (input: { JobName: string; RunId: string }) => ({ JobRun: { ...jobs.run(input.JobName, input.RunId) } }),
    },
    GetJobRuns: {
      access: (input: { JobName: string }) => access("GetJobRuns", input.JobName),
      run: (input: { JobName: string } & Paged) => {
        const { items, NextToken } = pageOf(jobs.runsOf(input.JobName), input, 200);
        return { JobRuns: items.map((run) => ({ ...run })), NextToken };
      },
    },
  };
}

export function crawlerOperations(cloud: CloudContext, { crawlers }: GlueState): Operations {
  const access = (action: string, name: string) => [
    { action: `glue:${action}`, resource: glueArn(cloud, `crawler/${name}`) },
  ];
  const wireCrawler = (name: string) => {
    const { crawler, state, lastCrawl } = crawlers.get(name);
    return { ...wireTargets(crawler), State: state, ...(lastCrawl && { LastCrawl: lastCrawl }) };
  };
  return {
    StartCrawler: {
      access: (input: { Name: string }) => access("StartCrawler", input.Name),
      run: (input: { Name: string }) => {
        crawlers.start(input.Name);
        return {};
      },
    },
    GetCrawler: {
      access: (input: { Name: string }) => access("GetCrawler", input.Name),
      run: (input: { Name: string }) => ({ Crawler: wireCrawler(input.Name) }),
    },
    GetCrawlers: {
      access: () => access("GetCrawlers", "*"),
      run: (input: Paged) => {
        const { items, NextToken } = pageOf(crawlers.names(), input, 100);
        return { Crawlers: items.map(wireCrawler), NextToken };
      },
    },
    ListCrawlers: {
      access: () => access("ListCrawlers", "*"),
      run: (input: Paged) => {
        const { items, NextToken } = pageOf(crawlers.names(), input, 100);
        return { CrawlerNames: items, NextToken };
      },
    },
  };
}

function wireTargets(crawler: Crawler): object {
  return {
    Name: crawler.name,
    Role: crawler.role,
    DatabaseName: crawler.databaseName,
    TablePrefix: crawler.tablePrefix,
    Targets: { S3Targets: crawler.targets.map(({ path, exclusions }) => ({ Path: path, Exclusions: exclusions })) },
    SchemaChangePolicy: { UpdateBehavior: crawler.updateBehavior, DeleteBehavior: "LOG" },
    RecrawlPolicy: { RecrawlBehavior: "CRAWL_EVERYTHING" },
  };
}
