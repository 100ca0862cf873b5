/** The mocked provider of `declare`: it creates nothing and returns ids, names and ARNs in the form of AWS. */
import { createHash } from "node:crypto";
import type { MockCallArgs, MockResourceArgs, Mocks } from "@pulumi/pulumi/runtime";

export interface DeclaredResource {
  /** The type token, `"aws:kinesis/stream:Stream"`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** The provider's inputs, with resolved outputs of other resources. In a preview, an unknown value is `UNKNOWN`. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of the provider's own shape
  readonly inputs: Record<string, any>;
  /** True for components, which only group resources. */
  readonly component: boolean;
}

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** Replaces a value in a preview that only AWS can provide. */
export const UNKNOWN = "<unknown>";

const REGION = "us-east-1";
const ACCOUNT = "123456789012";

/** The region of resources; ARNs begin with `arn:<partition>:<service>:<region>:`. */
interface Place {
  readonly region: string;
  readonly partition: "aws" | "aws-cn" | "aws-us-gov";
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function placeOf(region: string): Place {
  if (region.startsWith("cn-")) return { region, partition: "aws-cn" };
  return { region, partition: region.startsWith("us-gov-") ? "aws-us-gov" : "aws" };
}

interface Provider extends Mocks {
  readonly resources: readonly DeclaredResource[];
}

/**
 * @param region the region of all resources, from `aws:region`
 * @param fail takes the error of a look-up, after which the program gets an empty answer. @default the look-up throws it
 */
export function createProvider(preview: boolean, region = REGION, fail?: (error: Error) => void): Provider {
  const place = placeOf(region);
  const resources: DeclaredResource[] = [];
  return {
    resources,
    newResource({ type, name, inputs, custom, id }: MockResourceArgs) {
      if (fail && type === STACK_REFERENCE) {
        fail(new Error(`the program reads the stack "${id}"; a look-up has no answer in a unit test`));
        return { id, state: {} };
      }
      resources.push({ type, name, inputs: withoutUnknowns(inputs) as Record<string, unknown>, component: !custom });
      if (!custom || preview) return { id: undefined, state: inputs };
      return { id: idOf(type, name, inputs), state: { ...computed(place, type, name, inputs), ...inputs } };
    },
    call({ token }: MockCallArgs) {
      if (token === "aws:index/getAvailabilityZones:getAvailabilityZones") return availabilityZones(region);
      const error = new Error(`the program asks the provider for ${token}; a look-up has no answer in a unit test`);
      if (!fail) throw error;
      fail(error);
      return {};
    },
  };
}

/** The answer to `getAvailabilityZones`: three zones, the minimum of AWS's Regions. */
export function availabilityZones(region: string): Record<string, unknown> {
  const names = ["a", "b", "c"].map((letter) => `${region}${letter}`);
  return {
    id: region,
    region,
    names,
    zoneIds: names.map((_, index) => `${region}-az${index + 1}`),
    groupNames: [region],
  };
}

/** Outputs that are not inputs. Physical names equal logical names, so that tests can state them. */
function computed(place: Place, type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const physical = String(inputs.name ?? name);
  const arnOf = ARNS[type] ?? regional(serviceOf(type), "");
  const arn = arnOf(place, physical, inputs);
  return { name, arn, ...OTHERS[type]?.(place, physical, arn) };
}

/** Outputs beside the name and the ARN. */
const OTHERS: Readonly<Record<string, (place: Place, name: string, arn: string) => object>> = {
  "aws:apigatewayv2/api:Api": ({ partition, region }, name) => ({
    apiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`,
    executionArn: `arn:${partition}:execute-api:${region}:${ACCOUNT}:${name}`,
  }),
  "aws:lambda/eventSourceMapping:EventSourceMapping": (_, name) => ({ uuid: `${name}-uuid` }),
  "aws:lambda/function:Function": ({ partition, region }, _, arn) => ({
    invokeArn: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
  }),
  "aws:redshiftserverless/namespace:Namespace": ({ partition, region }, name) => ({
    namespaceId: `${name}-id`,
    adminPasswordSecretArn: `arn:${partition}:secretsmanager:${region}:${ACCOUNT}:secret:redshift!${name}-a1B2c3`,
  }),
};

/** EC2 chooses the ids of these, and others refuse what is no such id. */
const EC2_IDS: Readonly<Record<string, string>> = {
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
};

function idOf(type: string, name: string, inputs: Record<string, unknown>): string {
  const prefix = EC2_IDS[type];
  if (prefix) return `${prefix}-${createHash("sha256").update(name).digest("hex").slice(0, 17)}`;
  return type === "aws:lambda/eventSourceMapping:EventSourceMapping" ? `${name}-uuid` : String(inputs.name ?? name);
}

function serviceOf(type: string): string {
  return type.slice(type.indexOf(":") + 1).split("/")[0] ?? "";
}

type ArnOf = (place: Place, name: string, inputs: Record<string, unknown>) => string;

const regional =
  (service: string, path: string): ArnOf =>
  ({ partition, region }, name) =>
    `arn:${partition}:${service}:${region}:${ACCOUNT}:${path}${name}`;

/** The forms of ARNs that differ from `arn:<partition>:<service>:<region>:<account>:<name>`. */
const ARNS: Readonly<Record<string, ArnOf>> = {
  "aws:athena/workgroup:Workgroup": regional("athena", "workgroup/"),
  "aws:cloudwatch/logGroup:LogGroup": regional("logs", "log-group:"),
  "aws:dynamodb/table:Table": regional("dynamodb", "table/"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": regional("cloudwatch", "alarm:"),
  "aws:glue/catalogDatabase:CatalogDatabase": regional("glue", "database/"),
  "aws:glue/catalogTable:CatalogTable": (place, name, inputs) =>
    regional("glue", "table/")(place, `${inputs.databaseName}/${name}`, inputs),
  "aws:glue/crawler:Crawler": regional("glue", "crawler/"),
  "aws:glue/job:Job": regional("glue", "job/"),
  "aws:glue/registry:Registry": (place, name, inputs) =>
    regional("glue", "registry/")(place, String(inputs.registryName ?? name), inputs),
  // A schema without a registry is in Glue's default registry (Glue API reference, CreateSchema).
  "aws:glue/schema:Schema": (place, name, { registryArn = "default-registry", schemaName = name, ...inputs }) =>
    regional("glue", "schema/")(place, `${String(registryArn).split("/").at(-1)}/${schemaName}`, inputs),
  "aws:iam/policy:Policy": ({ partition }, name) => `arn:${partition}:iam::${ACCOUNT}:policy/${name}`,
  "aws:iam/role:Role": ({ partition }, name) => `arn:${partition}:iam::${ACCOUNT}:role/${name}`,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": regional("firehose", "deliverystream/"),
  "aws:kinesis/stream:Stream": regional("kinesis", "stream/"),
  "aws:kinesis/streamConsumer:StreamConsumer": (_, name, inputs) => `${inputs.streamArn}/consumer/${name}:1`,
  "aws:kms/key:Key": regional("kms", "key/"),
  "aws:lambda/function:Function": regional("lambda", "function:"),
  "aws:ec2/securityGroup:SecurityGroup": regional("ec2", "security-group/"),
  "aws:redshiftserverless/namespace:Namespace": (place, name, { namespaceName = name, ...inputs }) =>
    regional("redshift-serverless", "namespace/")(place, `${namespaceName}-id`, inputs),
  "aws:redshiftserverless/workgroup:Workgroup": (place, name, { workgroupName = name, ...inputs }) =>
    regional("redshift-serverless", "workgroup/")(place, `${workgroupName}-id`, inputs),
  "aws:s3/bucket:Bucket": ({ partition }, name, inputs) => `arn:${partition}:s3:::${inputs.bucket ?? name}`,
  "aws:scheduler/schedule:Schedule": regional("scheduler", "schedule/default/"),
  // Secrets Manager chooses the last six characters.
  "aws:secretsmanager/secret:Secret": (place, name, inputs) =>
    regional("secretsmanager", "secret:")(place, `${name}-a1B2c3`, inputs),
  "aws:ssm/parameter:Parameter": (place, name, inputs) =>
    regional("ssm", "parameter/")(place, name.replace(/^\//, ""), inputs),
  "aws:sfn/stateMachine:StateMachine": regional("states", "stateMachine:"),
};

function withoutUnknowns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknowns);
  if (typeof value !== "object" || value === null) return value;
  if ("__pulumiUnknown" in value) return UNKNOWN;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutUnknowns(inner)]));
}
