/** Alerts over records in the registry's frames: the rules see the rows that the registry's schema makes of them. */
import { GetSchemaByDefinitionCommand, GlueClient } from "@aws-sdk/client-glue";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { ContentAlerts, DataLake, SchemaRegistry, StreamIngest } from "streamlake";
import { systemClock } from "../../../local/cloud/clock";
import type { SnsService } from "../../../local/services/sns/service";
import { start, stopAll } from "../support/start";

afterAll(stopAll);

const ORDER = '{"type":"record","name":"Order","fields":[{"name":"total","type":"long"}]}';

function program() {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
  const schemaRegistry = new SchemaRegistry("shop", { schemas: { orders: { format: "avro", definition: ORDER } } });
  new ContentAlerts("alerts", {
    stream,
    lake,
    schemaRegistry,
    formats: { avro: {} },
    batchWindowSeconds: 0,
    rules: { "large-order": (row) => Number(row.total) > 20 && `an order of ${row.total}` },
  });
  return { stream: stream.streamName, registry: schemaRegistry.nodes.registry.registryName };
}

test("a framed record over the limit is said on the topic; one of an unknown id is passed over", async () => {
  const cloud = await start(program, { clock: systemClock });
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const options = { region: cloud.region, endpoint: cloud.endpoint, credentials };
  const glue = new GlueClient(options);
  const kinesis = new KinesisClient(options);
  try {
    const SchemaId = { RegistryName: String(cloud.outputs.registry), SchemaName: "orders" };
    const found = await glue.send(new GetSchemaByDefinitionCommand({ SchemaId, SchemaDefinition: ORDER }));
    // 03 00, the UUID, then Avro's zigzag of the total.
    const framed = (id: string, zigzag: string) => Buffer.from(`0300${id.replaceAll("-", "")}${zigzag}`, "hex");
    const id = String(found.SchemaVersionId);
    const payloads = [framed(id, "2a"), framed(id, "14"), framed("00000000-0000-4000-8000-000000000000", "2a")];
    const Records = payloads.map((Data, n) => ({ Data, PartitionKey: `k${n}` }));
    await kinesis.send(new PutRecordsCommand({ StreamName: String(cloud.outputs.stream), Records }));
  } finally {
    glue.destroy();
    kinesis.destroy();
  }
  await cloud.drain();

  const messages = (cloud.service("sns") as SnsService).topics().flatMap(({ messages }) => messages);
  expect(messages.map(({ body }) => JSON.parse(body).text)).toEqual(["an order of 21"]);
  expect(cloud.usage().denied).toEqual([]);
});
