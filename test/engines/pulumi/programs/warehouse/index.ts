/** A warehouse in a VPC; its capacity, and the right to delete the data, come by the configuration. */
import * as pulumi from "@pulumi/pulumi";
import { DataLake, Warehouse } from "../../../../../index";

const config = new pulumi.Config();
const deleteDataOnDestroy = config.getBoolean("deletable") ?? false;

const lake = new DataLake("lake", {
  deleteDataOnDestroy,
  firstDay: "2026-11-20",
  tables: { orders: { columns: [{ name: "total", type: "double" }] } },
});
const warehouse = new Warehouse("wh", {
  lake,
  vpcId: "vpc-0a1b2c3d",
  subnetIds: ["subnet-0a1b2c3d", "subnet-1a2b3c4d", "subnet-2a3b4c5d"],
  baseCapacity: config.getNumber("capacity"),
  deleteDataOnDestroy,
  alarms: { topicArn: "arn:aws:sns:us-east-1:000000000000:alarms" },
});

export const workgroupName = warehouse.workgroupName;
