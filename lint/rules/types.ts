/** The resources that several rules look at. */
import { type Declaration, listOf, objectOf, type Program, stringsIn } from "../program";

export const FUNCTION = "aws:lambda/function:Function";
export const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
export const STREAM = "aws:kinesis/stream:Stream";
export const CONSUMER = "aws:kinesis/streamConsumer:StreamConsumer";
export const QUEUE = "aws:sqs/queue:Queue";
export const BUCKET = "aws:s3/bucket:Bucket";
export const DELIVERY_STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";
export const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** The stream that a mapping reads, through a consumer or not; undefined for one outside of the program. */
export function streamOf(mapping: Declaration, program: Program): Declaration | undefined {
  const stream = program.usedOne(mapping, "eventSourceArn", STREAM);
  if (stream) return stream;
  const consumer = program.usedOne(mapping, "eventSourceArn", CONSUMER);
  return consumer && program.usedOne(consumer, "streamArn", STREAM);
}

const DESTINATIONS = ["extendedS3Configuration", "redshiftConfiguration", "httpEndpointConfiguration"] as const;

export interface Processor {
  readonly handler: Declaration | undefined;
  /** By name: `BufferSizeInMBs`. */
  readonly parameters: ReadonlyMap<string, unknown>;
}

/** The functions by which a delivery stream transforms records. */
export function processorsOf(delivery: Declaration, program: Program): Processor[] {
  return DESTINATIONS.flatMap((input) => {
    const { enabled, processors } = objectOf(objectOf(delivery.inputs[input]).processingConfiguration);
    if (enabled === false) return [];
    return listOf(processors)
      .filter(({ type }) => type === "Lambda")
      .map(({ parameters }) => {
        const values = listOf(parameters).map((one) => [String(one.parameterName), one.parameterValue] as const);
        const byName = new Map(values);
        const given = stringsIn(byName.get("LambdaArn"));
        const used = program.used(delivery, input, FUNCTION);
        const named = used.filter(({ names }) => names.some((name) => given.some((arn) => isOf(arn, name))));
        return { handler: named[0] ?? (used.length === 1 ? used[0] : undefined), parameters: byName };
      });
  });
}

/** True if an ARN names the function, with or without a qualifier. */
function isOf(arn: string, name: string): boolean {
  return arn === name || arn.startsWith(`${name}:`);
}
