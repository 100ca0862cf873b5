/** Creates, updates and deletes the databases and tables that a program declares; adds those of jobResources. */

import { glueArn } from "../../catalog/arns";
import { type Catalog, DESCRIPTOR_DEFAULTS, type GlueColumn, type StorageDescriptor } from "../../catalog/catalog";
import { physicalName } from "../../cloud/physicalName";
import type { CloudContext, DeclaredResource, ResourceSimulation } from "../../cloud/service";
import type { Crawlers } from "./crawlers";
import { crawlerResource, jobResource } from "./jobResources";
import type { JobRuns } from "./jobRuns";

export interface GlueState {
  readonly catalog: Catalog;
  readonly crawlers: Crawlers;
  readonly jobs: JobRuns;
}

export function glueResources(cloud: CloudContext, state: GlueState): Record<string, ResourceSimulation> {
  return {
    "aws:glue/catalogDatabase:CatalogDatabase": database(cloud, state.catalog),
    "aws:glue/catalogTable:CatalogTable": table(cloud, state.catalog),
    "aws:glue/crawler:Crawler": crawlerResource(cloud, state.crawlers),
    "aws:glue/job:Job": jobResource(cloud, state.jobs),
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
      ViewOriginalText: inputs.viewOriginalText as string | undefined,
      ViewExpandedText: inputs.viewExpandedText as string | undefined,
      CatalogId: cloud.accountId,
    });
    const arn = glueArn(cloud, `table/${databaseName}/${name}`);
    return { id: `${cloud.accountId}:${databaseName}:${name}`, outputs: { name, arn, catalogId: cloud.accountId } };
  };
  return {
    simulated: [
      "name",
      "databaseName",
      "description",
      "tableType",
      "parameters",
      "partitionKeys",
      "storageDescriptor",
      "viewOriginalText",
      "viewExpandedText",
    ],
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
    Location: String(given.location ?? ""),
    InputFormat: given.inputFormat as string | undefined,
    OutputFormat: given.outputFormat as string | undefined,
    Compressed: Boolean(given.compressed),
    ...DESCRIPTOR_DEFAULTS,
    SerdeInfo: {
      Name: serde.name as string | undefined,
      SerializationLibrary: String(serde.serializationLibrary),
      Parameters: serde.parameters as Record<string, string> | undefined,
    },
  };
}
