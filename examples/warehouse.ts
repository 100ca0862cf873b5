/** A Redshift warehouse with the rows of a lake, each once and minutes old, in a network without a way to the internet. */
import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones";
import * as pulumi from "@pulumi/pulumi";
import { DataLake, FormatRouter, StreamIngest, Warehouse } from "streamlake";

const region = new pulumi.Config("aws").require("region");
const zones = getAvailabilityZonesOutput({ state: "available" });
const vpc = new ec2.Vpc("network", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const routes = new ec2.RouteTable("network", { vpcId: vpc.id });

/** Redshift Serverless needs three subnets in three zones. Their only routes are within the VPC, and to S3. */
const subnets = ["a", "b", "c"].map((zone, index) => {
  const subnet = new ec2.Subnet(`network-${zone}`, {
    vpcId: vpc.id,
    cidrBlock: `10.0.${index}.0/24`,
    availabilityZone: zones.names[index],
  });
  new ec2.RouteTableAssociation(`network-${zone}`, { routeTableId: routes.id, subnetId: subnet.id });
  return subnet;
});
const subnetIds = subnets.map(({ id }) => id);

/** COPY and the function that plans loads read S3 through this endpoint, which is without charge. */
new ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: `com.amazonaws.${region}.s3`,
  vpcEndpointType: "Gateway",
  routeTableIds: [routes.id],
});

/** The function calls the Data API through this endpoint; Redshift itself needs no other. */
const https = { protocol: "tcp", fromPort: 443, toPort: 443 };
const functions = new ec2.SecurityGroup("functions", {
  vpcId: vpc.id,
  description: "Functions",
  egress: [{ ...https, description: "AWS", cidrBlocks: ["0.0.0.0/0"] }],
});
const endpoints = new ec2.SecurityGroup("endpoints", {
  vpcId: vpc.id,
  description: "Endpoints",
  ingress: [{ ...https, description: "Functions", securityGroups: [functions.id] }],
});
new ec2.VpcEndpoint("redshift-data", {
  vpcId: vpc.id,
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
  vpcId: vpc.id,
  subnetIds,
  vpc: { subnetIds, securityGroupIds: [functions.id] },
});

export const warehouseWorkgroupName = warehouse.workgroupName;
export const warehouseDatabaseName = warehouse.databaseName;
export const stateMachineArn = warehouse.stateMachineArn;
