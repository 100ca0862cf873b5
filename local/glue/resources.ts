/** The Glue resources that a program declares, made real: database, table, crawler, job. */
import { physicalName } from "../physicalName";
import { type CloudContext, type DeclaredResource, type ResourceSimulation, ServiceError } from "../service";
import type { Catalog, GlueColumn, StorageDescriptor } from "./catalog";
import { glueArn } from "./catalogArns";
import type { Crawler } from "./crawl";
import type { Crawlers } from "./crawlers";
import type { GlueJob, JobRuns } from "./jobRuns";

export interface GlueState {
  readonly catalog: Catalog;
  readonly crawlers: Crawlers;
  readonly jobs: JobRuns;
}

export function glueResources(cloud: CloudContext, state: GlueState): Record<string, ResourceSimulation> {
  return {
    "aws:glue/catalogDatabase:CatalogDatabase": database(cloud, state.catalog),
    "aws:glue/catalogTable:CatalogTable": table(cloud, state.catalog),
    "aws:glue/crawler:Crawler": crawler(cloud, state.crawlers),
    "aws:glue/job:Job": job(cloud, state.jobs),
  };
}

function database(cloud: CloudContext, catalog: Catalog): ResourceSimulation {
  const put = (name: string, resource: DeclaredResource, CreateTime: number) => {
    const Description = resource.inputs.description as string | undefined;
    catalog.putDatabase({ Name: name, Description, CreateTime, CatalogId: cloud.accountId });
    return { name, arn: glueArn(cloud, `database/${name}`), catalogId: cloud.accountId };
  };
  return {
    simulated: ["name", "description"],
    withoutEffect: ["tags"],
    replaceOn: ["name"],
    async create(resource) {
      const name = physicalName(resource);
      return { id: `${cloud.accountId}:${name}`, outputs: put(name, resource, cloud.clock.now() / 1000) };
    },
    async update(_id, resource) {
      const { Name, CreateTime } = catalog.database(physicalName(resource));
      return { outputs: put(Name, resource, CreateTime) };
    },
    delete: async (_id, resource) => catalog.removeDatabase(physicalName(resource)),
  };
}

function table(cloud: CloudContext, catalog: Catalog): ResourceSimulation {
  const put = (resource: DeclaredResource, CreateTime: number) => {
    const { inputs } = resource;
    const [databaseName, name] = [String(inputs.databaseName), physicalName(resource)];
    catalog.putTable({
      Name: name,
      DatabaseName: databaseName,
      Description: inputs.description as string | undefined,
      CreateTime,
      UpdateTime: cloud.clock.now() / 1000,
      TableType: String(inputs.tableType ?? "EXTERNAL_TABLE"),
      Parameters: (inputs.parameters ?? {}) as Record<string, string>,
      PartitionKeys: columnsOf(inputs.partitionKeys),
      StorageDescriptor: descriptorOf(resource),
      CatalogId: cloud.accountId,
    });
    const arn = glueArn(cloud, `table/${databaseName}/${name}`);
    return { id: `${cloud.accountId}:${databaseName}:${name}`, outputs: { name, arn, catalogId: cloud.accountId } };
  };
  return {
    simulated: ["name", "databaseName", "description", "tableType", "parameters", "partitionKeys", "storageDescriptor"],
    replaceOn: ["name", "databaseName"],
    create: async (resource) => put(resource, cloud.clock.now() / 1000),
    async update(_id, resource) {
      const { CreateTime } = catalog.table(String(resource.inputs.databaseName), physicalName(resource));
      return put(resource, CreateTime);
    },
    async delete(_id, resource) {
      // Its database may be gone already, and the table with it.
      const [databaseName, name] = [String(resource.inputs.databaseName), physicalName(resource)];
      if (catalog.findTable(databaseName, name)) catalog.removeTable(databaseName, name);
    },
  };
}

function crawler(cloud: CloudContext, crawlers: Crawlers): ResourceSimulation {
  const outputsOf = (name: string) => ({ name, arn: glueArn(cloud, `crawler/${name}`) });
  return {
    simulated: [
      "name",
      "databaseName",
      "role",
      "s3Targets",
      "configuration",
      "schemaChangePolicy",
      "recrawlPolicy",
      "tablePrefix",
    ],
    withoutEffect: ["description", "tags"],
    replaceOn: ["name"],
    async create(resource) {
      const name = physicalName(resource);
      if (crawlers.names().includes(name))
        throw new ServiceError("AlreadyExistsException", `Crawler with name ${name} already exists`);
      crawlers.add({ ...crawlerOf(resource), name });
      return { id: name, outputs: outputsOf(name) };
    },
    async update(name, resource) {
      crawlers.update({ ...crawlerOf(resource), name });
      return { outputs: outputsOf(name) };
    },
    delete: async (name) => crawlers.remove(name),
  };
}

function crawlerOf(resource: DeclaredResource): Omit<Crawler, "name"> {
  const { inputs } = resource;
  const policy = (inputs.schemaChangePolicy ?? {}) as { updateBehavior?: string; deleteBehavior?: string };
  if (policy.deleteBehavior !== "LOG")
    refuse(resource, "schemaChangePolicy.deleteBehavior", policy.deleteBehavior, "LOG");
  const updateBehavior = policy.updateBehavior ?? "UPDATE_IN_DATABASE";
  if (updateBehavior !== "UPDATE_IN_DATABASE" && updateBehavior !== "LOG") {
    refuse(resource, "schemaChangePolicy.updateBehavior", updateBehavior, "UPDATE_IN_DATABASE or LOG");
  }
  const recrawl = (inputs.recrawlPolicy as { recrawlBehavior?: string } | undefined)?.recrawlBehavior;
  if (recrawl !== undefined && recrawl !== "CRAWL_EVERYTHING") {
    refuse(resource, "recrawlPolicy.recrawlBehavior", recrawl, "CRAWL_EVERYTHING");
  }
  const targets = (inputs.s3Targets ?? []) as { path: string; exclusions?: string[] }[];
  const configuration = JSON.parse(String(inputs.configuration ?? "{}")) as {
    Grouping?: { TableLevelConfiguration?: number };
  };
  return {
    role: String(inputs.role),
    databaseName: String(inputs.databaseName),
    targets: targets.map((target) => ({ path: target.path, exclusions: target.exclusions ?? [] })),
    tableLevel: configuration.Grouping?.TableLevelConfiguration,
    tablePrefix: String(inputs.tablePrefix ?? ""),
    updateBehavior,
  };
}

function job(cloud: CloudContext, jobs: JobRuns): ResourceSimulation {
  const outputsOf = (name: string) => ({ name, arn: glueArn(cloud, `job/${name}`) });
  return {
    simulated: ["name", "roleArn", "command", "defaultArguments", "executionProperty", "maxRetries"],
    withoutEffect: [
      "description",
      "executionClass",
      "glueVersion",
      "jobRunQueuingEnabled",
      "numberOfWorkers",
      "tags",
      "timeout",
      "workerType",
    ],
    replaceOn: ["name"],
    async create(resource) {
      const name = physicalName(resource);
      if (jobs.jobs().some((other) => other.name === name))
        throw new ServiceError("AlreadyExistsException", `Job with name: ${name} already submitted`);
      jobs.put({ ...jobOf(resource), name });
      return { id: name, outputs: outputsOf(name) };
    },
    async update(name, resource) {
      jobs.put({ ...jobOf(resource), name });
      return { outputs: outputsOf(name) };
    },
    delete: (name) => jobs.remove(name),
  };
}

function jobOf(resource: DeclaredResource): Omit<GlueJob, "name"> {
  const { inputs } = resource;
  const command = (inputs.command ?? {}) as { name?: string; scriptLocation?: string };
  if (command.name !== "glueetl") refuse(resource, "command.name", command.name, "glueetl");
  if (Number(inputs.maxRetries ?? 0) !== 0) {
    refuse(resource, "maxRetries", inputs.maxRetries, "0: the workflow retries");
  }
  return {
    role: String(inputs.roleArn),
    scriptLocation: String(command.scriptLocation),
    defaultArguments: (inputs.defaultArguments ?? {}) as Record<string, string>,
    maxConcurrentRuns: Number((inputs.executionProperty as { maxConcurrentRuns?: number })?.maxConcurrentRuns ?? 1),
  };
}

function columnsOf(inputs: unknown): GlueColumn[] {
  return ((inputs ?? []) as { name: string; type: string; comment?: string }[]).map(({ name, type, comment }) => ({
    Name: name,
    Type: type,
    ...(comment && { Comment: comment }),
  }));
}

function descriptorOf(resource: DeclaredResource): StorageDescriptor {
  const given = (resource.inputs.storageDescriptor ?? {}) as Record<string, unknown>;
  const serde = (given.serDeInfo ?? {}) as Record<string, unknown>;
  return {
    Columns: columnsOf(given.columns),
    Location: String(given.location),
    InputFormat: given.inputFormat as string | undefined,
    OutputFormat: given.outputFormat as string | undefined,
    Compressed: Boolean(given.compressed),
    SerdeInfo: {
      Name: serde.name as string | undefined,
      SerializationLibrary: String(serde.serializationLibrary),
      Parameters: serde.parameters as Record<string, string> | undefined,
    },
  };
}

function refuse(resource: DeclaredResource, property: string, value: unknown, right: string): never {
  throw new Error(
    `local/glue: ${property} "${String(value)}" of "${resource.name}" is not simulated (use ${right}); see docs/fidelity.md`,
  );
}
