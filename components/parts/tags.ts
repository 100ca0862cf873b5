/** Tags of a component: each of its resources that AWS can tag gets them. */
import * as pulumi from "@pulumi/pulumi";
import { refuseProblems } from "./checks";

export interface TagsArgs {
  /**
   * Tags of every resource of the component, in addition to the provider's `defaultTags`; at most 50. Schedules, tables,
   * named queries, policies and objects have no tags. A transform of a resource may add tags, and overrides these.
   * @default none
   * @example tags: { team: "shop", "cost-center": "4711" }
   */
  tags?: Record<string, pulumi.Input<string>>;
}

/** The types of the library's resources that have the input `tags`. S3 counts at most 10 tags of an object: left out. */
const TAGGED: ReadonlySet<string> = new Set([
  "aws:apigatewayv2/api:Api",
  "aws:apigatewayv2/stage:Stage",
  "aws:athena/workgroup:Workgroup",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:dynamodb/table:Table",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:glue/catalogDatabase:CatalogDatabase",
  "aws:glue/crawler:Crawler",
  "aws:glue/job:Job",
  "aws:glue/registry:Registry",
  "aws:glue/schema:Schema",
  "aws:iam/role:Role",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  "aws:kinesis/stream:Stream",
  "aws:kinesis/streamConsumer:StreamConsumer",
  "aws:kms/key:Key",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:lambda/function:Function",
  "aws:quicksight/dataSet:DataSet",
  "aws:quicksight/dataSource:DataSource",
  "aws:redshiftserverless/namespace:Namespace",
  "aws:redshiftserverless/workgroup:Workgroup",
  "aws:s3/bucket:Bucket",
  "aws:sfn/stateMachine:StateMachine",
  "aws:sns/topic:Topic",
  "aws:sqs/queue:Queue",
]);

/**
 * The component's options with a transformation, which Pulumi applies to all resources below the component.
 *
 * @throws one error that names every tag that AWS refuses
 */
export function withTags(
  component: string,
  name: string,
  { tags }: TagsArgs,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  if (!tags) return opts;
  refuseProblems(component, name, tagProblems(tags));
  const tagged: pulumi.ResourceTransformation = ({ type, props, opts }) => {
    if (!TAGGED.has(type)) return undefined;
    const own: pulumi.Input<Record<string, string>> | undefined = props.tags;
    const all = own === undefined ? tags : pulumi.all([tags, own]).apply(([common, more]) => ({ ...common, ...more }));
    return { props: { ...props, tags: all }, opts };
  };
  return { ...opts, transformations: [...(opts.transformations ?? []), tagged] };
}

const MAX_TAGS = 50;

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html, "Tag naming limits" */
function tagProblems(tags: NonNullable<TagsArgs["tags"]>): (string | undefined)[] {
  const keys = Object.keys(tags);
  return [
    keys.length > MAX_TAGS ? `tags has ${keys.length} keys; a resource has at most ${MAX_TAGS}.` : undefined,
    ...keys.map((key) => {
      if (/^aws:/i.test(key)) return `tags: "${key}" begins with "aws:", which AWS reserves; use another key.`;
      if (/^[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u.test(key)) return undefined;
      return `tags: "${key}" is not a key; use 1 to 128 letters, digits, spaces and "_.:/=+-@".`;
    }),
    ...Object.entries(tags).map(([key, value]) =>
      typeof value !== "string" || /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u.test(value)
        ? undefined
        : `tags: the value of "${key}" is not one; use at most 256 letters, digits, spaces and "_.:/=+-@".`,
    ),
  ];
}
