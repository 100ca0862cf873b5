/** The Schema Registry by AWS's own client, and a router that reads records by the ids it gives. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import {
  CreateRegistryCommand,
  CreateSchemaCommand,
  GetSchemaByDefinitionCommand,
  GetSchemaVersionCommand,
  GlueClient,
  RegisterSchemaVersionCommand,
} from "@aws-sdk/client-glue";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { DataLake, FormatRouter, SchemaRegistry, StreamIngest } from "streamlake";
import { systemClock } from "../../../local/clock";
import { filesBelow } from "../../../local/counting/files";
import { readProblems } from "../../../local/glue/avroCompatibility";
import type { LocalCloud } from "../../../local/startLocal";
import { start, stopAll } from "../startLocal/start";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const record = (...fields: object[]) => JSON.stringify({ type: "record", name: "Order", fields });
const ID = { name: "id", type: "long" };
const NOTE = { name: "note", type: "string" };
const V1 = record(ID);
const V2 = record(ID, { ...NOTE, default: "" });

function program() {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
  const schemaRegistry = new SchemaRegistry("shop", { schemas: { orders: { format: "avro", definition: V1 } } });
  new FormatRouter("router", { stream, lake, schemaRegistry, batchWindowSeconds: 1, formats: { json: {}, avro: {} } });
  return { stream: stream.streamName, registry: schemaRegistry.nodes.registry.registryName };
}

let cloud: LocalCloud;
let glue: GlueClient;
beforeAll(async () => {
  cloud = await start(program, { clock: systemClock });
  glue = new GlueClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
});
afterAll(async () => {
  glue.destroy();
  await stopAll();
});

test("a schema is created, versions are registered and found by id, number and definition", async () => {
  const RegistryId = { RegistryName: "own" };
  await glue.send(new CreateRegistryCommand(RegistryId));
  await expect(glue.send(new CreateRegistryCommand(RegistryId))).rejects.toMatchObject({
    name: "AlreadyExistsException",
  });
  const made = await glue.send(
    new CreateSchemaCommand({
      RegistryId,
      SchemaName: "s",
      DataFormat: "AVRO",
      Compatibility: "BACKWARD",
      SchemaDefinition: V1,
    }),
  );
  const SchemaId = { RegistryName: "own", SchemaName: "s" };
  const second = await glue.send(new RegisterSchemaVersionCommand({ SchemaId, SchemaDefinition: V2 }));
  expect(second).toMatchObject({ VersionNumber: 2, Status: "AVAILABLE" });
  const again = await glue.send(new RegisterSchemaVersionCommand({ SchemaId, SchemaDefinition: ` ${V2} ` }));
  expect(again.SchemaVersionId).toBe(second.SchemaVersionId);

  const byId = await glue.send(new GetSchemaVersionCommand({ SchemaVersionId: made.SchemaVersionId }));
  expect(byId).toMatchObject({ SchemaDefinition: V1, DataFormat: "AVRO", VersionNumber: 1, Status: "AVAILABLE" });
  const SchemaVersionNumber = { LatestVersion: true };
  const latest = await glue.send(new GetSchemaVersionCommand({ SchemaId, SchemaVersionNumber }));
  expect(latest.SchemaVersionId).toBe(second.SchemaVersionId);
  const byDefinition = await glue.send(new GetSchemaByDefinitionCommand({ SchemaId, SchemaDefinition: V2 }));
  expect(byDefinition.SchemaVersionId).toBe(second.SchemaVersionId);

  const incompatible = new RegisterSchemaVersionCommand({
    SchemaId,
    SchemaDefinition: record(ID, { name: "due", type: "long" }),
  });
  await expect(glue.send(incompatible)).rejects.toThrow("/due: is new and has no default");
  const unknown = new GetSchemaVersionCommand({ SchemaVersionId: "00000000-0000-4000-8000-000000000000" });
  await expect(glue.send(unknown)).rejects.toMatchObject({ name: "EntityNotFoundException" });
});

test.each<[string, string, string, string[]]>([
  ["a new field with a default", V2, V1, []],
  ["a field that is gone", V1, V2, []],
  ["a new field without one", record(ID, NOTE), V1, ["/note: is new and has no default"]],
  ["a wider number", record({ name: "id", type: "double" }), V1, []],
  ["a narrower one", record({ name: "id", type: "int" }), V1, ["/id: int cannot read long"]],
  ["a union around a type", record({ name: "id", type: ["null", "long"] }), V1, []],
  ["a union that is gone", V1, record({ name: "id", type: ["null", "long"] }), ["/id: long cannot read null"]],
  ["a renamed field with its alias", record({ name: "key", type: "long", aliases: ["id"] }), V1, []],
])("%s is checked as the specification says", (_, reader, writer, problems) => {
  expect(readProblems(JSON.parse(reader), JSON.parse(writer))).toEqual(problems);
});

test("a new version of a JSON schema that would have to be compatible is refused by name", async () => {
  const RegistryId = { RegistryName: String(cloud.outputs.registry) };
  const schema = { RegistryId, SchemaName: "visits", DataFormat: "JSON", Compatibility: "FULL" } as const;
  await glue.send(new CreateSchemaCommand({ ...schema, SchemaDefinition: "{}" }));
  const SchemaId = { ...RegistryId, SchemaName: "visits" };
  await expect(
    glue.send(new RegisterSchemaVersionCommand({ SchemaId, SchemaDefinition: '{"type":"object"}' })),
  ).rejects.toThrow("local/glue: the compatibility check FULL of JSON schemas is not simulated; use NONE");
});

test("the package reads framed records by their version's id; an unknown id is unformatted", async () => {
  const SchemaId = { RegistryName: String(cloud.outputs.registry), SchemaName: "orders" };
  const { SchemaVersionId = "" } = await glue.send(
    new GetSchemaByDefinitionCommand({ SchemaId, SchemaDefinition: V1 }),
  );
  // 03 00, the UUID, then Avro's zigzag of 21.
  const framed = (id: string) => Buffer.from(`0300${id.replaceAll("-", "")}2a`, "hex");
  const kinesis = new KinesisClient({ region: cloud.region, endpoint: cloud.endpoint, credentials });
  const payloads = [framed(SchemaVersionId), framed("00000000-0000-4000-8000-000000000000"), Buffer.from('{"n":1}')];
  const Records = payloads.map((Data, n) => ({ Data, PartitionKey: `k${n}` }));
  await kinesis.send(new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }));
  kinesis.destroy();
  await cloud.drain();

  const lines = filesBelow(path.join(cloud.dataDir, "s3"), ".ndjson.gz").flatMap((file) =>
    gunzipSync(readFileSync(file))
      .toString()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  );
  const rows = lines.filter(({ _id }) => _id).map(({ _format, data }) => [_format, data]);
  expect(rows.sort()).toEqual([
    ["avro", { id: 21 }],
    ["json", { n: 1 }],
  ]);
  expect(lines.filter(({ reason }) => reason).map(({ reason }) => reason)).toEqual(["format"]);
  expect(cloud.usage().denied).toEqual([]);
});
