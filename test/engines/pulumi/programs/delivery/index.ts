/** A delivery stream with a backup; Parquet, buffers, and the right to delete the data, come by the configuration. */
import * as pulumi from "@pulumi/pulumi";
import { DataLake, DeliveryStream, StreamIngest } from "../../../../../index";

const config = new pulumi.Config();
const deleteDataOnDestroy = config.getBoolean("deletable") ?? false;

const stream = new StreamIngest("orders", { deleteDataOnDestroy });
const lake = new DataLake("lake", {
  firstDay: "2026-11-01",
  tables: { orders: { columns: [{ name: "total", type: "double" }] } },
  deleteDataOnDestroy,
});
const delivery = new DeliveryStream("shop", {
  stream,
  lake,
  parquet: config.getBoolean("parquet"),
  bufferSeconds: config.getNumber("bufferSeconds"),
  sourceBackup: true,
  deleteDataOnDestroy,
  alarms: { topicArn: "arn:aws:sns:us-east-1:000000000000:alarms" },
});

export const deliveryStreamName = delivery.deliveryStreamName;
