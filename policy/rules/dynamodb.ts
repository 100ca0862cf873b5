/** DynamoDB, and its cache DAX. */
import type { TargetArgs } from "@pulumi/aws/appautoscaling";
import type { ClusterArgs } from "@pulumi/aws/dax";
import type { TableArgs } from "@pulumi/aws/dynamodb";
import type { PolicyResource } from "@pulumi/policy";
import { on, resourceControl, type Stack, stackControl } from "../control";
import { refersTo } from "../relations";
import { ifKnown } from "../unknown";

const TABLE = "aws:dynamodb/table:Table";
const DIMENSIONS = ["dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"];

export const dynamodbControls = [
  stackControl<TableArgs>(
    {
      id: "DynamoDB.1",
      title: "DynamoDB tables should automatically scale capacity with demand",
      severity: "medium",
      remedy: 'Set billingMode to "PAY_PER_REQUEST", or declare aws.appautoscaling.Target for both capacities.',
    },
    [TABLE],
    ({ resource, inputs }, stack) => {
      if (inputs.billingMode === "PAY_PER_REQUEST") return undefined;
      const missing = DIMENSIONS.filter((dimension) => !isScaled(resource, dimension, stack));
      return missing.length === 0 ? undefined : `has provisioned capacity without scaling of ${missing.join(" and ")}.`;
    },
  ),
  resourceControl(
    {
      id: "DynamoDB.2",
      title: "DynamoDB tables should have point-in-time recovery enabled",
      severity: "medium",
      remedy: "Set pointInTimeRecovery.enabled to true.",
    },
    on<TableArgs>(TABLE, ({ pointInTimeRecovery }) =>
      pointInTimeRecovery?.enabled === true ? undefined : "cannot be restored to a point in time.",
    ),
  ),
  resourceControl(
    {
      id: "DynamoDB.3",
      title: "DynamoDB Accelerator (DAX) clusters should be encrypted at rest",
      severity: "medium",
      remedy: "Set serverSideEncryption.enabled to true.",
    },
    on<ClusterArgs>("aws:dax/cluster:Cluster", ({ serverSideEncryption }) =>
      serverSideEncryption?.enabled === true ? undefined : "is not encrypted at rest.",
    ),
  ),
  resourceControl(
    {
      id: "DynamoDB.6",
      title: "DynamoDB tables should have deletion protection enabled",
      severity: "medium",
      remedy: "Set deletionProtectionEnabled to true.",
    },
    on<TableArgs>(TABLE, ({ deletionProtectionEnabled }) =>
      deletionProtectionEnabled === true ? undefined : "is not protected against deletion.",
    ),
  ),
];

function isScaled(table: PolicyResource, dimension: string, stack: Stack): boolean {
  const targets = stack.all<TargetArgs>("aws:appautoscaling/target:Target");
  const name: unknown = ifKnown(() => table.props.name);
  return targets.some(
    ({ resource, inputs }) =>
      inputs.scalableDimension === dimension &&
      (refersTo(resource, "resourceId", table) || ifKnown(() => inputs.resourceId) === `table/${name}`),
  );
}
