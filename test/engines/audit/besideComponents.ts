/** Translations of the resources that programs declare beside components, for these to use. */
import { physical, same, type Translate } from "./translation";

export const BESIDE_COMPONENTS: Readonly<Record<string, Translate>> = {
  "aws:kms/alias:Alias": (input, name) =>
    same("AWS::KMS::Alias", "kms", "CreateAlias", {
      AliasName: physical(input, name),
      TargetKeyId: input.take("targetKeyId"),
    }),
  "aws:kms/key:Key": (input) => {
    const { Description, Policy } = input.pascal("description", "policy");
    const EnableKeyRotation = input.take<boolean | undefined>("enableKeyRotation");
    return {
      type: "AWS::KMS::Key",
      properties: {
        Description,
        EnableKeyRotation,
        KeyPolicy: Policy && JSON.parse(String(Policy)),
        PendingWindowInDays: input.take("deletionWindowInDays"),
      },
      calls: [
        ["kms", "CreateKey", { Description, Policy }],
        ...(EnableKeyRotation ? [["kms", "EnableKeyRotation", { KeyId: "key" }] as const] : []),
      ],
    };
  },
  "aws:secretsmanager/secret:Secret": (input, name) =>
    same("AWS::SecretsManager::Secret", "secretsmanager", "CreateSecret", {
      Name: physical(input, name),
      ...input.pascal("description", "kmsKeyId"),
    }),
  "aws:secretsmanager/secretVersion:SecretVersion": (input) => ({
    type: undefined,
    properties: {},
    calls: [["secretsmanager", "PutSecretValue", input.pascal("secretId", "secretString")]],
  }),
  "aws:sns/topicPolicy:TopicPolicy": (input) => {
    const TopicArn = input.take("arn");
    const policy = input.take<string>("policy");
    return {
      type: "AWS::SNS::TopicPolicy",
      properties: { Topics: [TopicArn], PolicyDocument: JSON.parse(policy) },
      calls: [["sns", "SetTopicAttributes", { TopicArn, AttributeName: "Policy", AttributeValue: policy }]],
    };
  },
  "aws:lambda/permission:Permission": (input, StatementId) => {
    const { Function: FunctionName, ...shared } = input.pascal("action", "function", "principal", "sourceArn");
    const properties = { ...shared, FunctionName };
    return {
      type: "AWS::Lambda::Permission",
      properties,
      calls: [["lambda", "AddPermission", { ...properties, StatementId }]],
    };
  },
  "aws:sns/topicSubscription:TopicSubscription": (input) => {
    const { Topic, ...shared } = input.pascal("topic", "protocol", "endpoint");
    const { RawMessageDelivery, FilterPolicy, FilterPolicyScope, RedrivePolicy } = input.pascal(
      "rawMessageDelivery",
      "filterPolicy",
      "filterPolicyScope",
      "redrivePolicy",
    );
    const parsed = (policy: unknown) => policy && JSON.parse(String(policy));
    return {
      type: "AWS::SNS::Subscription",
      properties: {
        ...shared,
        TopicArn: Topic,
        RawMessageDelivery,
        FilterPolicyScope,
        FilterPolicy: parsed(FilterPolicy),
        RedrivePolicy: parsed(RedrivePolicy),
      },
      calls: [
        [
          "sns",
          "Subscribe",
          {
            ...shared,
            TopicArn: Topic,
            Attributes: {
              RawMessageDelivery: RawMessageDelivery === undefined ? undefined : String(RawMessageDelivery),
              FilterPolicy,
              FilterPolicyScope,
              RedrivePolicy,
            },
          },
        ],
      ],
    };
  },
  "aws:ssm/parameter:Parameter": (input, name) => {
    const Type = input.take("type");
    const shared = { Name: physical(input, name), Type, ...input.pascal("description", "tier", "value") };
    const { KeyId } = input.pascal("keyId");
    return {
      // CloudFormation makes no parameters of the type SecureString.
      type: Type === "SecureString" ? undefined : "AWS::SSM::Parameter",
      properties: shared,
      calls: [["ssm", "PutParameter", { ...shared, KeyId }]],
    };
  },
};
