/** Lambda. */
import type { SubnetArgs } from "@pulumi/aws/ec2";
import type { FunctionArgs, PermissionArgs } from "@pulumi/aws/lambda";
import { on, resourceControl, stackControl } from "../control";
import { refersTo } from "../relations";
import { ifKnown, isGiven } from "../unknown";

const FUNCTION = "aws:lambda/function:Function";

/**
 * Runtimes that Lambda still maintains. A parameter overrides this list, because it changes.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const RUNTIMES = [
  ...["nodejs24.x", "nodejs22.x"],
  ...["python3.14", "python3.13", "python3.12", "python3.11"],
  ...["java25", "java21", "java17", "java11", "java8.al2"],
  ...["dotnet10", "dotnet8"],
  ...["ruby4.0", "ruby3.4", "ruby3.3"],
  "provided.al2023",
];

export const lambdaControls = [
  resourceControl(
    {
      id: "Lambda.1",
      title: "Lambda function policies should prohibit public access",
      severity: "critical",
      remedy: "Set sourceAccount, or name an account or a service as principal and sourceArn.",
    },
    on<PermissionArgs>("aws:lambda/permission:Permission", (permission) => {
      const isLimited = ["sourceAccount", "principalOrgId"].some((property) => isGiven(permission, property));
      if (permission.principal === "*" && !isLimited && !isGiven(permission, "sourceArn"))
        return "allows anyone to invoke the function.";
      // After a bucket's deletion others can take its name, so only the account identifies its owner.
      if (permission.principal !== "s3.amazonaws.com" || isGiven(permission, "sourceAccount")) return undefined;
      return "allows S3 to invoke the function for buckets of any account.";
    }),
  ),
  resourceControl(
    {
      id: "Lambda.2",
      title: "Lambda functions should use supported runtimes",
      severity: "medium",
      remedy: "Set runtime to a supported one.",
      parameters: {
        runtimes: {
          type: "array",
          items: { type: "string" },
          default: RUNTIMES,
          description: "Supported runtimes.",
        },
      },
    },
    on<FunctionArgs>(FUNCTION, ({ packageType, runtime }, config) => {
      if (packageType === "Image") return undefined;
      const supported = (config.runtimes as string[] | undefined) ?? RUNTIMES;
      return supported.includes(String(runtime)) ? undefined : `runtime ${runtime} is not supported.`;
    }),
  ),
  stackControl<FunctionArgs>(
    {
      id: "Lambda.5",
      title: "VPC Lambda functions should operate in multiple Availability Zones",
      severity: "medium",
      remedy: "Set vpcConfig.subnetIds to subnets of at least two Availability Zones.",
    },
    [FUNCTION],
    ({ resource, inputs }, stack) => {
      const { vpcConfig } = inputs;
      if (!vpcConfig || vpcConfig.subnetIds.length === 0) return undefined;
      if (vpcConfig.subnetIds.length === 1) return "is in a single subnet.";
      const subnets = stack
        .all<SubnetArgs>("aws:ec2/subnet:Subnet")
        .filter((subnet) => refersTo(resource, "vpcConfig", subnet.resource) || isIn(vpcConfig.subnetIds, subnet));
      const zones = new Set(subnets.map((subnet) => ifKnown(() => subnet.inputs.availabilityZone)));
      // The zones of other stacks' subnets, and zones that AWS chooses, are unknown here.
      if (subnets.length < vpcConfig.subnetIds.length || zones.has(undefined)) return undefined;
      return zones.size > 1 ? undefined : `all its subnets are in ${[...zones].join()}.`;
    },
  ),
];

function isIn(subnetIds: readonly string[], subnet: { resource: { props: Record<string, unknown> } }): boolean {
  return ifKnown(() => subnetIds.includes(String(subnet.resource.props.id))) ?? false;
}
