/** The network of the warehouse: three isolated subnets in three zones, whose only routes are within the VPC and to S3. */
import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones";
import * as pulumi from "@pulumi/pulumi";

const region = new pulumi.Config("aws").require("region");
const zones = getAvailabilityZonesOutput({ state: "available" });
const vpc = new ec2.Vpc("network", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const routes = new ec2.RouteTable("network", { vpcId: vpc.id });

const subnets = ["a", "b", "c"].map((zone, index) => {
  const subnet = new ec2.Subnet(`network-${zone}`, {
    vpcId: vpc.id,
    cidrBlock: `10.0.${index}.0/24`,
    availabilityZone: zones.names[index],
  });
  new ec2.RouteTableAssociation(`network-${zone}`, { routeTableId: routes.id, subnetId: subnet.id });
  return subnet;
});

/** COPY reads S3 through this endpoint, which is without charge. */
new ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: `com.amazonaws.${region}.s3`,
  vpcEndpointType: "Gateway",
  routeTableIds: [routes.id],
});

export const vpcId = vpc.id;
export const subnetIds = subnets.map(({ id }) => id);
