/** A Redshift warehouse with the rows of a lake, each once and minutes old, in a network that `@pulumi/awsx` makes. */
import * as ec2 from "@pulumi/aws/ec2";
import { Vpc } from "@pulumi/awsx/classic/ec2";
import * as pulumi from "@pulumi/pulumi";
import { DataLake, FormatRouter, StreamIngest, Warehouse } from "streamlake";

/** Redshift Serverless needs three subnets in three zones. No route of them leads to the internet. */
const network = new Vpc("network", {
  numberOfAvailabilityZones: 3,
  numberOfNatGateways: 0,
  subnets: [{ type: "isolated" }],
});
const vpcId = network.id;
const subnetIds = network.isolatedSubnetIds;
const region = new pulumi.Config("aws").require("region");

/** COPY and the function that plans loads read S3 through this endpoint, which is without charge. */
new ec2.VpcEndpoint("s3", {
  vpcId,
  serviceName: `com.amazonaws.${region}.s3`,
  vpcEndpointType: "Gateway",
  routeTableIds: network.isolatedSubnets.then((subnets) => subnets.flatMap(({ routeTable }) => routeTable?.id ?? [])),
});

/** The function calls the Data API through this endpoint; Redshift itself needs no other. */
const https = { protocol: "tcp", fromPort: 443, toPort: 443 };
const functions = new ec2.SecurityGroup("functions", {
  vpcId,
  description: "Functions",
  egress: [{ ...https, description: "AWS", cidrBlocks: ["0.0.0.0/0"] }],
});
const endpoints = new ec2.SecurityGroup("endpoints", {
  vpcId,
  description: "Endpoints",
  ingress: [{ ...https, description: "Functions", securityGroups: [functions.id] }],
});
new ec2.VpcEndpoint("redshift-data", {
  vpcId,
  serviceName: `com.amazonaws.${region}.redshift-data`,
  vpcEndpointType: "Interface",
  privateDnsEnabled: true,
  subnetIds,
  securityGroupIds: [endpoints.id],
});

const stream = new StreamIngest("sales");
const lake = new DataLake("lake", {
  tables: {
    sales: {
      columns: [
        { name: "transaction_id", type: "string" },
        { name: "customer", type: "string", path: ["customer", "id"] },
        { name: "total", type: "double" },
        { name: "items", type: "array<string>" },
      ],
    },
  },
});
new FormatRouter("router", { stream, lake });

const warehouse = new Warehouse("warehouse", {
  lake,
  vpcId,
  subnetIds,
  vpc: { subnetIds, securityGroupIds: [functions.id] },
});

export const warehouseWorkgroupName = warehouse.workgroupName;
export const warehouseDatabaseName = warehouse.databaseName;
export const stateMachineArn = warehouse.stateMachineArn;
