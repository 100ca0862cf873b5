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
import { systemClock } from "../../../../../local/cloud/clock";
import { filesBelow } from "../../../../../local/duckdb/files";
import { readProblems } from "../../../../../local/services/glue/registry/avroCompatibility";
import type { DataFormat } from "../../../../../local/services/glue/registry/compatibility";
import { SchemaRegistries } from "../../../../../local/services/glue/registry/schemaRegistry";
import type { LocalCloud } from "../../../../../local/startLocal";
import { start, stopAll } from "../../../support/start";

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

function open(warnings: string[] = []): SchemaRegistries {
  let ids = 0;
  const registries = new SchemaRegistries(
    () => `id-${ids++}`,
    () => 0,
    (message) => warnings.push(message),
  );
  registries.createRegistry("r");
  return registries;
}

/** Of a definition that is registered after others, which were taken as they are. */
function statusOf(
  format: DataFormat,
  compatibility: string,
  earlier: readonly string[],
  definition: string,
  warnings: string[] = [],
) {
  const registries = open(warnings);
  const [first, ...others] = earlier as [string, ...string[]];
  const schema = registries.createSchema({ registry: "r", name: "s", format, compatibility }, first);
  for (const other of others) {
    schema.versions.push({ id: other, number: 2, definition: other, createdMillis: 0, status: "AVAILABLE" });
  }
  return registries.register("r", "s", definition).status;
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

const PROPERTY = '"n":{"type":"integer"}';
const CLOSED = (properties: string) => `{"type":"object","properties":{${properties}},"additionalProperties":false}`;
const PROTO = (fields: string) => `syntax = "proto2"; message M { ${fields} }`;
const FIELD = {
  json: [PROPERTY, `${PROPERTY},"s":{"type":"string"}`],
  protobuf: ["", "required int32 n = 1;"],
} as const;

/** By mode: whether a version with one field more, and one with one less, is available. */
test.each([
  ["JSON", "NONE", "AVAILABLE", "AVAILABLE"],
  ["JSON", "BACKWARD", "AVAILABLE", "FAILURE"],
  ["JSON", "BACKWARD_ALL", "AVAILABLE", "FAILURE"],
  ["JSON", "FORWARD", "FAILURE", "AVAILABLE"],
  ["JSON", "FORWARD_ALL", "FAILURE", "AVAILABLE"],
  ["JSON", "FULL", "FAILURE", "FAILURE"],
  ["JSON", "FULL_ALL", "FAILURE", "FAILURE"],
  ["PROTOBUF", "NONE", "AVAILABLE", "AVAILABLE"],
  ["PROTOBUF", "BACKWARD", "FAILURE", "AVAILABLE"],
  ["PROTOBUF", "BACKWARD_ALL", "FAILURE", "AVAILABLE"],
  ["PROTOBUF", "FORWARD", "AVAILABLE", "FAILURE"],
  ["PROTOBUF", "FORWARD_ALL", "AVAILABLE", "FAILURE"],
  ["PROTOBUF", "FULL", "FAILURE", "FAILURE"],
  ["PROTOBUF", "FULL_ALL", "FAILURE", "FAILURE"],
] as const)("%s %s: a field more is %s, a field less %s", (format, compatibility, more, less) => {
  const [small, large] = format === "JSON" ? FIELD.json.map(CLOSED) : (FIELD.protobuf.map(PROTO) as readonly string[]);
  expect(statusOf(format, compatibility, [small as string], large as string)).toBe(more);
  expect(statusOf(format, compatibility, [large as string], small as string)).toBe(less);
});

test.each([
  ["AVRO", V1, record(ID, NOTE), "is not BACKWARD compatible: /note: is new and has no default"],
  [
    "JSON",
    CLOSED(`${PROPERTY},"s":{}`),
    CLOSED(PROPERTY),
    "is not BACKWARD compatible: /s: is gone, and additionalProperties allows no",
  ],
  ["PROTOBUF", PROTO(""), PROTO(FIELD.protobuf[1]), "is not BACKWARD compatible: M.n: is required and new"],
] as const)("why a version of %s is a failure is a warning", (format, first, next, message) => {
  const warnings: string[] = [];
  expect(statusOf(format, "BACKWARD", [first], next, warnings)).toBe("FAILURE");
  expect(warnings).toEqual([expect.stringContaining(`version 2 of schema "s" ${message}`)]);
});

test.each([
  ["BACKWARD", "AVAILABLE"],
  ["BACKWARD_ALL", "FAILURE"],
])("%s compares with the last version or with all: %s", (compatibility, status) => {
  const versions = [record(ID, NOTE), V1];
  const other = record(ID, { name: "note", type: "long", default: 0 });
  expect(statusOf("AVRO", compatibility, versions, other)).toBe(status);
});

test("a version that failed is not what the next is compared with", () => {
  const registries = open();
  registries.createSchema({ registry: "r", name: "s", format: "AVRO", compatibility: "BACKWARD" }, V1);
  expect(registries.register("r", "s", record(ID, NOTE))).toMatchObject({ number: 2, status: "FAILURE" });
  expect(registries.register("r", "s", record(ID, NOTE))).toMatchObject({ number: 2, status: "FAILURE" });
  const other = record(ID, NOTE, { name: "more", type: "long", default: 0 });
  expect(registries.register("r", "s", other)).toMatchObject({ number: 3, status: "FAILURE" });
  expect(registries.register("r", "s", V2)).toMatchObject({ number: 4, status: "AVAILABLE" });
});

test.each([
  [
    "JSON",
    '{"$schema":"https://json-schema.org/draft/2020-12/schema"}',
    "the draft https://json-schema.org/draft/2020-12/schema is not supported; use",
  ],
  ["JSON", "{", "1 characters that are not JSON"],
  ["AVRO", "x", "1 characters that are not JSON"],
  ["PROTOBUF", "message", "illegal"],
  ["PROTOBUF", PROTO("extensions 100 to 199;"), 'a group or an extension ("M"), which Glue does not support'],
] as const)("a %s definition %s is no definition", (format, definition, problem) => {
  const create = () => open().createSchema({ registry: "r", name: "s", format, compatibility: "NONE" }, definition);
  expect(create).toThrow(`Schema definition of ${format} format is invalid: `);
  expect(create).toThrow(problem);
});

test("an undecided schema is refused, and DISABLED takes no new version", () => {
  const patterns = (pattern: string) => `{"type":"string","pattern":"${pattern}"}`;
  expect(() => statusOf("JSON", "BACKWARD", [patterns("a")], patterns("b"))).toThrow(
    'local/glue: cannot decide whether this JSON schema is BACKWARD compatible (/: cannot compare pattern "b" with the other schema\'s strings); see docs/fidelity.md',
  );
  expect(() => statusOf("JSON", "DISABLED", ["{}"], "true")).toThrow("Compatibility DISABLED prevents versioning");
});

test("by the client, a version that is not compatible is a failure with an id", async () => {
  const SchemaId = { RegistryName: String(cloud.outputs.registry), SchemaName: "orders" };
  const warn = jest.spyOn(process, "emitWarning").mockImplementation();
  const SchemaDefinition = record(ID, { name: "due", type: "long" });
  const made = await glue.send(new RegisterSchemaVersionCommand({ SchemaId, SchemaDefinition }));
  expect(made).toMatchObject({ VersionNumber: 2, Status: "FAILURE" });
  const found = await glue.send(new GetSchemaVersionCommand({ SchemaVersionId: made.SchemaVersionId }));
  expect(found.Status).toBe("FAILURE");
  expect(warn.mock.calls).toEqual([
    ['local/glue: version 2 of schema "orders" is not BACKWARD compatible: /due: is new and has no default'],
  ]);
  warn.mockRestore();
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
