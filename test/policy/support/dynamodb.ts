/** Cases of the controls over DynamoDB and DAX. */
import type { ControlCases } from "./controlCase";
import type { Resource } from "./runningPack";

const table = (props: object): Resource => ({
  type: "aws:dynamodb/table:Table",
  name: "t",
  props: { name: "t-1", ...props },
});
const scaled = (dimension: string): Resource => ({
  type: "aws:appautoscaling/target:Target",
  name: `t-${dimension}`,
  props: { resourceId: "table/t-1", scalableDimension: `dynamodb:table:${dimension}`, serviceNamespace: "dynamodb" },
});
const dax = (props: object): Resource => ({ type: "aws:dax/cluster:Cluster", props });

export const dynamodbCases: Record<string, ControlCases> = {
  "DynamoDB.1": {
    passes: [
      ["on-demand capacity", [table({ billingMode: "PAY_PER_REQUEST" })]],
      ["scaled capacity", [table({}), scaled("ReadCapacityUnits"), scaled("WriteCapacityUnits")]],
    ],
    fails: [
      [
        "provisioned capacity",
        [table({ billingMode: "PROVISIONED" })],
        "has provisioned capacity without scaling of dynamodb:table:ReadCapacityUnits and dynamodb:table:WriteCapacityUnits.",
      ],
      [
        "capacity scaled for reading alone",
        [table({}), scaled("ReadCapacityUnits")],
        "has provisioned capacity without scaling of dynamodb:table:WriteCapacityUnits.",
      ],
    ],
  },
  "DynamoDB.2": {
    passes: [["recovery on", [table({ pointInTimeRecovery: { enabled: true } })]]],
    fails: [
      ["no recovery", [table({})], "cannot be restored to a point in time."],
      ["recovery off", [table({ pointInTimeRecovery: { enabled: false } })], "cannot be restored to a point in time."],
    ],
  },
  "DynamoDB.3": {
    passes: [["an encrypted cluster", [dax({ serverSideEncryption: { enabled: true } })]]],
    fails: [["no encryption", [dax({ nodeType: "dax.t3.small" })], "is not encrypted at rest."]],
  },
  "DynamoDB.6": {
    passes: [["protection on", [table({ deletionProtectionEnabled: true })]]],
    fails: [["no protection", [table({})], "is not protected against deletion."]],
  },
};
