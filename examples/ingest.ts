/** Records over HTTP: clients sign their requests, and records of one customer stay in their order. */
import { DataLake, FormatRouter, IngestApi, StreamIngest } from "streamlake";

const stream = new StreamIngest("orders");
const lake = new DataLake("lake", {
  tables: {
    records: {
      columns: [
        { name: "order_id", type: "string" },
        { name: "customer_id", type: "string" },
        { name: "total", type: "double" },
      ],
    },
  },
});
new FormatRouter("router", { stream, lake });
const api = new IngestApi("api", {
  stream,
  partitionKey: { header: "x-customer", pointer: "/customer_id", column: "customer_id" },
});

export const streamName = stream.streamName;
export const apiUrl = api.url;
