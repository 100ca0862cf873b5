/** The mocked provider behind `declare`: it makes nothing, and answers with ids, names and ARNs as AWS would shape them. */
import type { MockCallArgs, MockResourceArgs, Mocks } from "@pulumi/pulumi/runtime";

export interface DeclaredResource {
  /** The type token, `"aws:kinesis/stream:Stream"`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** As given to the provider, outputs of other resources resolved. In a preview, what is not known yet is `UNKNOWN`. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of the provider's own shape
  readonly inputs: Record<string, any>;
  /** True for components, which group resources and are none themselves. */
  readonly component: boolean;
}

/** Stands in a preview for a value that only AWS can give. */
export const UNKNOWN = "<unknown>";

const REGION = "us-east-1";
const ACCOUNT = "123456789012";

export interface Provider extends Mocks {
  readonly resources: readonly DeclaredResource[];
}

export function createProvider(preview: boolean): Provider {
  const resources: DeclaredResource[] = [];
  return {
    resources,
    newResource({ type, name, inputs, custom }: MockResourceArgs) {
      resources.push({ type, name, inputs: withoutUnknowns(inputs) as Record<string, unknown>, component: !custom });
      if (!custom || preview) return { id: undefined, state: inputs };
      return { id: idOf(type, name, inputs), state: { ...computed(type, name, inputs), ...inputs } };
    },
    call({ token }: MockCallArgs) {
      throw new Error(`the program asks the provider for ${token}; a look-up has no answer in a unit test`);
    },
  };
}

/** Outputs that are not inputs. Physical names are logical ones here, so that tests can state them. */
function computed(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const physical = String(inputs.name ?? name);
  const resource = ARNS[type];
  const arn = resource ? resource(physical, inputs) : `arn:aws:${serviceOf(type)}:${REGION}:${ACCOUNT}:${physical}`;
  return { name, arn, ...(type === "aws:lambda/eventSourceMapping:EventSourceMapping" && { uuid: `${name}-uuid` }) };
}

function idOf(type: string, name: string, inputs: Record<string, unknown>): string {
  return type === "aws:lambda/eventSourceMapping:EventSourceMapping" ? `${name}-uuid` : String(inputs.name ?? name);
}

function serviceOf(type: string): string {
  return type.slice(type.indexOf(":") + 1).split("/")[0] ?? "";
}

const regional = (service: string, path: string) => (name: string) =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${path}${name}`;

/** The forms of ARNs that differ from `arn:aws:<service>:<region>:<account>:<name>`. */
const ARNS: Readonly<Record<string, (name: string, inputs: Record<string, unknown>) => string>> = {
  "aws:athena/workgroup:Workgroup": regional("athena", "workgroup/"),
  "aws:cloudwatch/logGroup:LogGroup": regional("logs", "log-group:"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": regional("cloudwatch", "alarm:"),
  "aws:glue/catalogDatabase:CatalogDatabase": regional("glue", "database/"),
  "aws:glue/catalogTable:CatalogTable": (name, inputs) => regional("glue", "table/")(`${inputs.databaseName}/${name}`),
  "aws:glue/crawler:Crawler": regional("glue", "crawler/"),
  "aws:glue/job:Job": regional("glue", "job/"),
  "aws:iam/role:Role": (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  "aws:kinesis/stream:Stream": regional("kinesis", "stream/"),
  "aws:kinesis/streamConsumer:StreamConsumer": (name, inputs) => `${inputs.streamArn}/consumer/${name}:1`,
  "aws:lambda/function:Function": regional("lambda", "function:"),
  "aws:s3/bucket:Bucket": (name, inputs) => `arn:aws:s3:::${inputs.bucket ?? name}`,
  "aws:scheduler/schedule:Schedule": regional("scheduler", "schedule/default/"),
  "aws:sfn/stateMachine:StateMachine": regional("states", "stateMachine:"),
};

function withoutUnknowns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknowns);
  if (typeof value !== "object" || value === null) return value;
  if ("__pulumiUnknown" in value) return UNKNOWN;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutUnknowns(inner)]));
}
