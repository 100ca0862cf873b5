/** Translates the tags of a resource into the forms that CloudFormation and the services' calls give them. */
import type { Translation, Values } from "./translation";

type Form = (tags: Readonly<Record<string, string>>) => unknown;

const asMap: Form = (tags) => tags;
const asList: Form = (tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const asSmallList: Form = (tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));

interface TagForms {
  /** None for a type that CloudFormation does not tag. */
  readonly property?: Form;
  /** Of the first call, which creates the resource. */
  readonly parameter?: readonly [name: string, form: Form];
}

const LISTS: TagForms = { property: asList, parameter: ["Tags", asList] };
const LIST_AND_MAP: TagForms = { property: asList, parameter: ["Tags", asMap] };
const MAPS: TagForms = { property: asMap, parameter: ["Tags", asMap] };

const FORMS: Readonly<Record<string, TagForms>> = {
  "aws:apigatewayv2/api:Api": MAPS,
  "aws:apigatewayv2/stage:Stage": MAPS,
  "aws:athena/workgroup:Workgroup": LISTS,
  "aws:cloudwatch/logGroup:LogGroup": { property: asList, parameter: ["tags", asMap] },
  "aws:cloudwatch/metricAlarm:MetricAlarm": LISTS,
  "aws:glue/catalogDatabase:CatalogDatabase": { parameter: ["Tags", asMap] },
  "aws:glue/crawler:Crawler": MAPS,
  "aws:glue/job:Job": MAPS,
  "aws:glue/registry:Registry": LIST_AND_MAP,
  "aws:glue/schema:Schema": LIST_AND_MAP,
  "aws:iam/role:Role": LISTS,
  "aws:dynamodb/table:Table": LISTS,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": LISTS,
  "aws:kinesis/stream:Stream": LIST_AND_MAP,
  "aws:kinesis/streamConsumer:StreamConsumer": LIST_AND_MAP,
  "aws:kms/key:Key": {
    property: asList,
    parameter: ["Tags", (tags) => Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))],
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": LIST_AND_MAP,
  "aws:lambda/function:Function": LIST_AND_MAP,
  "aws:ec2/securityGroup:SecurityGroup": {
    property: asList,
    parameter: ["TagSpecifications", (tags) => [{ ResourceType: "security-group", Tags: asList(tags) }]],
  },
  "aws:ec2/subnet:Subnet": {
    property: asList,
    parameter: ["TagSpecifications", (tags) => [{ ResourceType: "subnet", Tags: asList(tags) }]],
  },
  "aws:quicksight/dataSet:DataSet": LISTS,
  "aws:quicksight/dataSource:DataSource": LISTS,
  "aws:redshiftserverless/namespace:Namespace": { property: asList, parameter: ["tags", asSmallList] },
  "aws:redshiftserverless/workgroup:Workgroup": { property: asList, parameter: ["tags", asSmallList] },
  "aws:s3/bucket:Bucket": { property: asList },
  "aws:secretsmanager/secret:Secret": LISTS,
  "aws:sfn/stateMachine:StateMachine": { property: asList, parameter: ["tags", asSmallList] },
  "aws:sns/topic:Topic": LISTS,
  "aws:sqs/queue:Queue": { property: asList, parameter: ["tags", asMap] },
  "aws:ssm/parameter:Parameter": { property: asMap, parameter: ["Tags", asList] },
};

/** The translation with the tags of the resource. A type without forms is left as it is; its tags are then left out. */
export function tagsOf(
  type: string,
  { properties, calls: [first, ...others], ...rest }: Translation,
  tags: Readonly<Record<string, string>>,
): Translation {
  const { property, parameter } = FORMS[type] ?? {};
  if (!first) throw new Error(`tags: ${type} has no call that creates it`);
  const [service, operation, parameters] = first;
  const tagged: Values = parameter ? { ...parameters, [parameter[0]]: parameter[1](tags) } : parameters;
  // S3 takes the tags of a bucket by a call of their own.
  const separate =
    type === "aws:s3/bucket:Bucket"
      ? [["s3", "PutBucketTagging", { Bucket: parameters.Bucket, Tagging: { TagSet: asList(tags) } }] as const]
      : [];
  return {
    ...rest,
    properties: property ? { ...properties, Tags: property(tags) } : properties,
    calls: [[service, operation, tagged], ...others, ...separate],
  };
}

export function hasTags(type: string): boolean {
  return Object.hasOwn(FORMS, type);
}
