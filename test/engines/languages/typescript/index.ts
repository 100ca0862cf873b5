/** What the YAML and Python programs beside it say, in TypeScript. */
import { DataLake, defineSchema, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";

const clicks = new StreamIngest("clicks", { capacity: "provisioned", shards: 2, deleteDataOnDestroy: true });
const orders = defineSchema({ name: "orders", fields: { order_id: "string", total: "double", "note?": "string" } });
const lake = new DataLake("lake", { deleteDataOnDestroy: true, tables: { orders: { schema: orders }, records: {} } });
new FormatRouter("router", {
  stream: clicks,
  lake,
  table: "records",
  batchWindowSeconds: 5,
  formats: { csv: { delimiter: "," }, json: {}, ndjson: {} },
});
const hourly = new HourlyEtl("hourly", { lake });

export const streamName = clicks.streamName;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const failureTopicArn = hourly.failureTopicArn;
