/** A serving table on a stream; a time to live, and the right to delete the data, come by the configuration. */
import * as pulumi from "@pulumi/pulumi";
import { ServingTable, StreamIngest } from "../../../../../index";

const config = new pulumi.Config();
const deleteDataOnDestroy = config.getBoolean("deletable") ?? false;

const stream = new StreamIngest("orders", { deleteDataOnDestroy });
const customers = new ServingTable("customers", {
  stream,
  deleteDataOnDestroy,
  key: (row) => row.customer !== undefined && String(row.customer),
  fold: { orders: { count: true } },
  timeToLiveDays: config.getNumber("timeToLiveDays"),
  alarms: { topicArn: "arn:aws:sns:us-east-1:000000000000:alarms" },
});

export const tableName = customers.tableName;
