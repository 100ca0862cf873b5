/** A Glue Schema Registry: producers name a schema by id in each record, and the router decodes by it. */
import { DataLake, FormatRouter, HourlyEtl, SchemaRegistry, StreamIngest } from "streamlake";

const schemaRegistry = new SchemaRegistry("shop", {
  compatibility: "BACKWARD",
  schemas: {
    order: {
      format: "avro",
      definition: JSON.stringify({
        type: "record",
        name: "Order",
        fields: [
          { name: "order_id", type: "string" },
          { name: "total", type: "double" },
        ],
      }),
    },
  },
});

const stream = new StreamIngest("shop");
const lake = new DataLake("lake");
new FormatRouter("router", { stream, lake, schemaRegistry, formats: { json: {}, avro: {} } });
new HourlyEtl("hourly", { lake });

export const streamName = stream.streamName;
export const registryArn = schemaRegistry.registryArn;
