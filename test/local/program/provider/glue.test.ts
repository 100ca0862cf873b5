/** The catalog, jobs, crawlers, schemas, workgroups and queries through the provider. */
import type { AthenaService } from "../../../../local/services/athena/service";
import type { GlueService } from "../../../../local/services/glue/service";
import { makeRole, type ProviderWorld, providerWorld } from "../../support/provider/world";

let world: ProviderWorld;
beforeEach(async () => {
  world = await providerWorld();
});
afterEach(() => world.close());

describe("databases and tables", () => {
  const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
  const TABLE = "aws:glue/catalogTable:CatalogTable";
  const table = (columns: readonly string[], more: object = {}) => ({
    name: "t",
    databaseName: "lake",
    storageDescriptor: {
      location: "s3://lake/t/",
      columns: columns.map((name) => ({ name, type: "string" })),
      serDeInfo: { serializationLibrary: "org.openx.data.jsonserde.JsonSerDe" },
    },
    ...more,
  });
  const get = async () =>
    (await world.call<{ Table: Record<string, unknown> }>("glue", "GetTable", { DatabaseName: "lake", Name: "t" }))
      .Table;

  test("a database keeps its tables when it is changed, and takes them with it when it is deleted", async () => {
    const { id } = await world.make(DATABASE, "d", { name: "lake", description: "a" });
    const made = await world.make(TABLE, "t", table(["a"]));
    expect(await world.provider.update(DATABASE, id, { name: "lake", description: "b" })).toEqual({
      name: "lake",
      description: "b",
      arn: "arn:aws:glue:us-east-1:000000000000:database/lake",
      catalogId: "000000000000",
    });
    expect(await world.call("glue", "GetDatabase", { Name: "lake" })).toMatchObject({ Database: { Description: "b" } });
    await get();
    await world.provider.delete(DATABASE, id);
    await expect(world.call("glue", "GetDatabase", { Name: "lake" })).rejects.toMatchObject({
      code: "EntityNotFoundException",
      message: "Database lake not found.",
    });
    await world.provider.delete(TABLE, made.id);
    await world.make(DATABASE, "d", { name: "lake" });
    await expect(get()).rejects.toMatchObject({ code: "EntityNotFoundException" });
  });

  test("a table has the columns that it is changed to, keeps its partitions, and is gone with them", async () => {
    await world.make(DATABASE, "d", { name: "lake" });
    const { id } = await world.make(TABLE, "t", table(["a"], { partitionKeys: [{ name: "dt", type: "string" }] }));
    const { catalog } = world.cloud.service("glue") as GlueService;
    const partition = {
      Values: ["2026-11-20"],
      DatabaseName: "lake",
      TableName: "t",
      CreationTime: 0,
      CatalogId: "000000000000",
      StorageDescriptor: catalog.table("lake", "t").StorageDescriptor,
    };
    catalog.putPartitions("lake", "t", [partition]);
    const changed = table(["a", "b"], { description: "d", partitionKeys: [{ name: "dt", type: "string" }] });
    await world.provider.update(TABLE, id, changed);
    expect(await get()).toMatchObject({
      Description: "d",
      StorageDescriptor: { Columns: [{ Name: "a" }, { Name: "b" }] },
    });
    expect(catalog.partitions("lake", "t")).toHaveLength(1);
    await world.provider.delete(TABLE, id);
    await expect(get()).rejects.toMatchObject({ code: "EntityNotFoundException" });
    await world.make(TABLE, "t", table(["a"]));
    expect(catalog.partitions("lake", "t")).toEqual([]);
  });
});

describe("jobs and crawlers", () => {
  const JOB = "aws:glue/job:Job";
  const CRAWLER = "aws:glue/crawler:Crawler";
  const job = (more: object = {}) => ({
    name: "j",
    roleArn: "arn:aws:iam::000000000000:role/r",
    command: { name: "glueetl", scriptLocation: "s3://lake/x.py" },
    ...more,
  });
  const crawler = (path: string) => ({
    name: "c",
    databaseName: "lake",
    role: "arn:aws:iam::000000000000:role/r",
    s3Targets: [{ path }],
    schemaChangePolicy: { deleteBehavior: "LOG" },
  });

  test("a job runs as it is now, and is not found once it is deleted", async () => {
    await makeRole(world, "r", ["glue.amazonaws.com"]);
    const { id } = await world.make(JOB, "j", job());
    await expect(world.make(JOB, "k", job())).rejects.toThrow("Job with name: j already submitted");
    await world.provider.update(JOB, id, job({ defaultArguments: { "--A": "1" } }));
    expect(await world.call("glue", "GetJob", { JobName: "j" })).toMatchObject({
      Job: { DefaultArguments: { "--A": "1" } },
    });
    await expect(world.provider.update(JOB, id, job({ maxRetries: 1 }))).rejects.toThrow("maxRetries");
    const { JobRunId: RunId } = await world.call<{ JobRunId: string }>("glue", "StartJobRun", { JobName: "j" });
    await world.provider.delete(JOB, id);
    await expect(world.call("glue", "GetJob", { JobName: "j" })).rejects.toMatchObject({
      code: "EntityNotFoundException",
    });
    await expect(world.call("glue", "GetJobRun", { JobName: "j", RunId })).rejects.toMatchObject({
      code: "EntityNotFoundException",
    });
    await world.make(JOB, "j", job());
    expect(await world.call("glue", "GetJobRuns", { JobName: "j" })).toMatchObject({ JobRuns: [] });
  });

  test("a crawler is neither changed nor deleted while it runs", async () => {
    await makeRole(world, "r", ["glue.amazonaws.com"]);
    const { id } = await world.make(CRAWLER, "c", crawler("s3://lake/a/"));
    await expect(world.make(CRAWLER, "d", crawler("s3://lake/a/"))).rejects.toThrow(
      "Crawler with name c already exists",
    );
    await world.call("glue", "StartCrawler", { Name: "c" });
    await expect(world.provider.update(CRAWLER, id, crawler("s3://lake/b/"))).rejects.toMatchObject({
      cause: { code: "CrawlerRunningException" },
    });
    await expect(world.provider.delete(CRAWLER, id)).rejects.toMatchObject({
      cause: { code: "CrawlerRunningException" },
    });
    await world.cloud.service("glue").idle?.();
    await world.provider.update(CRAWLER, id, crawler("s3://lake/b/"));
    expect(await world.call("glue", "GetCrawler", { Name: "c" })).toMatchObject({
      Crawler: { Targets: { S3Targets: [{ Path: "s3://lake/b/" }] }, LastCrawl: { Status: "FAILED" } },
    });
    await world.provider.delete(CRAWLER, id);
    await expect(world.call("glue", "StartCrawler", { Name: "c" })).rejects.toMatchObject({
      code: "EntityNotFoundException",
    });
  });
});

describe("registries and schemas", () => {
  const REGISTRY = "aws:glue/registry:Registry";
  const SCHEMA = "aws:glue/schema:Schema";
  const registryArn = "arn:aws:glue:us-east-1:000000000000:registry/r";
  const avro = (...fields: object[]) => JSON.stringify({ type: "record", name: "n", fields });
  const A = { name: "a", type: "string" };
  const schema = (schemaDefinition: string, more: object = {}) => ({
    schemaName: "s",
    registryArn,
    dataFormat: "AVRO",
    compatibility: "BACKWARD",
    schemaDefinition,
    ...more,
  });
  const latest = () =>
    world.call("glue", "GetSchemaVersion", {
      SchemaId: { RegistryName: "r", SchemaName: "s" },
      SchemaVersionNumber: { LatestVersion: true },
    });

  beforeEach(() => world.make(REGISTRY, "r", { registryName: "r" }));

  test("another definition is another version", async () => {
    const { id, outputs } = await world.make(SCHEMA, "s", schema(avro(A)));
    expect(outputs).toMatchObject({ latestSchemaVersion: 1, nextSchemaVersion: 2 });
    const next = avro(A, { name: "b", type: "int", default: 1 });
    expect(await world.provider.update(SCHEMA, id, schema(next))).toMatchObject({
      latestSchemaVersion: 2,
      nextSchemaVersion: 3,
    });
    expect(await latest()).toMatchObject({ VersionNumber: 2, SchemaDefinition: next });
  });

  test("a definition that is not compatible fails the update, unless compatibility changes with it", async () => {
    const { id } = await world.make(SCHEMA, "s", schema(avro(A)));
    const other = avro({ name: "b", type: "int" });
    await expect(world.provider.update(SCHEMA, id, schema(other))).rejects.toThrow(
      'local/glue: version 2 of the schema "s" is FAILURE: it is not BACKWARD compatible with the earlier versions',
    );
    const another = avro({ name: "c", type: "int" });
    await world.provider.update(SCHEMA, id, schema(another, { compatibility: "NONE" }));
    expect(await latest()).toMatchObject({ SchemaDefinition: another, Status: "AVAILABLE" });
  });

  test("its format and registry cannot be changed", async () => {
    const { id } = await world.make(SCHEMA, "s", schema(avro(A)));
    await expect(world.provider.update(SCHEMA, id, schema(avro(A), { dataFormat: "JSON" }))).rejects.toThrow(
      'local/glue: dataFormat of the schema "s" cannot be changed; give it another name',
    );
  });

  test("a schema that is deleted is not found, and a registry takes its schemas with it", async () => {
    const first = await world.make(SCHEMA, "s", schema(avro(A)));
    await world.provider.delete(SCHEMA, first.id);
    await expect(latest()).rejects.toMatchObject({ code: "EntityNotFoundException" });
    const second = await world.make(SCHEMA, "s", schema(avro(A)));
    expect(await world.provider.update(REGISTRY, registryArn, { registryName: "r", description: "d" })).toMatchObject({
      arn: registryArn,
    });
    await world.provider.delete(REGISTRY, registryArn);
    await expect(latest()).rejects.toMatchObject({ code: "EntityNotFoundException" });
    await world.provider.delete(SCHEMA, second.id);
    await expect(world.make(SCHEMA, "s", schema(avro(A)))).rejects.toThrow("Registry is not found. RegistryName: r");
  });
});

describe("workgroups and named queries", () => {
  const WORKGROUP = "aws:athena/workgroup:Workgroup";
  const QUERY = "aws:athena/namedQuery:NamedQuery";
  const workgroup = (more: object = {}) => ({ name: "w", ...more });
  const query = { name: "q", database: "lake", query: "SELECT 1", workgroup: "w" };
  const scans = (bytesScannedCutoffPerQuery: number) => ({ configuration: { bytesScannedCutoffPerQuery } });

  test("a workgroup has the limit that it is changed to", async () => {
    const { id } = await world.make(WORKGROUP, "w", workgroup(scans(10_000_000)));
    await expect(world.make(WORKGROUP, "v", workgroup())).rejects.toThrow("WorkGroup is already created");
    await world.provider.update(WORKGROUP, id, workgroup(scans(20_000_000)));
    expect(await world.call("athena", "GetWorkGroup", { WorkGroup: "w" })).toMatchObject({
      WorkGroup: { Configuration: { BytesScannedCutoffPerQuery: 20_000_000 } },
    });
  });

  test("a workgroup with queries is deleted only by force", async () => {
    const { id } = await world.make(WORKGROUP, "w", workgroup());
    const named = await world.make(QUERY, "q", query);
    await expect(world.provider.delete(WORKGROUP, id)).rejects.toThrow("WorkGroup w is not empty");
    await world.provider.delete(QUERY, named.id);
    await expect(world.call("athena", "GetNamedQuery", { NamedQueryId: named.id })).rejects.toMatchObject({
      code: "InvalidRequestException",
    });
    await world.provider.delete(WORKGROUP, id);
    await expect(world.call("athena", "GetWorkGroup", { WorkGroup: "w" })).rejects.toMatchObject({
      message: "WorkGroup w is not found.",
    });
  });

  test("by force it goes with its named queries and the queries that ran", async () => {
    await world.make("aws:s3/bucket:Bucket", "b", { bucket: "results" });
    const force = workgroup({
      forceDestroy: true,
      configuration: { resultConfiguration: { outputLocation: "s3://results/" } },
    });
    const { id } = await world.make(WORKGROUP, "w", force);
    const named = await world.make(QUERY, "q", query);
    const ran = { QueryString: "SELECT 1", WorkGroup: "w" };
    const { QueryExecutionId } = await world.call<{ QueryExecutionId: string }>("athena", "StartQueryExecution", ran);
    await (world.cloud.service("athena") as AthenaService).queryEnded(QueryExecutionId);
    await world.provider.delete(WORKGROUP, id);
    await expect(world.call("athena", "GetQueryExecution", { QueryExecutionId })).rejects.toThrow("was not found");
    await world.make(WORKGROUP, "w", workgroup());
    expect(await world.call("athena", "ListNamedQueries", { WorkGroup: "w" })).toMatchObject({ NamedQueryIds: [] });
    await world.provider.delete(QUERY, named.id);
  });

  test("a named query is only ever replaced", async () => {
    await world.make(WORKGROUP, "w", workgroup());
    const { id } = await world.make(QUERY, "q", query);
    await expect(world.provider.update(QUERY, id, { ...query, query: "SELECT 2" })).rejects.toThrow(
      'local: resource "q" (aws:athena/namedQuery:NamedQuery): cannot be changed, only replaced',
    );
  });
});
