/** The prices of AWS on one day in one Region: the only table of prices; `docs/guides/prices.md` shows it. */

/** The Region of every price, and the day on which the sources were read. */
export const PRICED = { region: "us-east-1", on: "2026-11-22" } as const;

export interface Price {
  readonly usd: number;
  /** The number of units that `usd` pays for. @default 1 */
  readonly per?: number;
  /** `"shard and hour"` */
  readonly unit: string;
  /** AWS's own page of the price. */
  readonly source: string;
  /** A page on which the amount was read on that day; absent if no readable page shows it, so that it is to be checked. */
  readonly readAt?: string;
}

const page = (name: string) => `https://aws.amazon.com/${name}/pricing/`;
const KINESIS = page("kinesis/data-streams");
const LAMBDA = page("lambda");
const S3 = page("s3");
const GLUE = page("glue");
const CLOUDWATCH = page("cloudwatch");
const DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const FIREHOSE = page("firehose");
const REDSHIFT = page("redshift");
const READ = {
  kinesis: "https://awsnegotiations.com/kinesis-pricing-optimization.html",
  lambda: "https://cloudchipr.com/blog/aws-lambda-pricing",
  lambdaRequests: "https://git.mcrn.ar/mariano/lambda_local_runner/src/branch/main/docs/lambdas-md/lambda-13-cost.md",
  s3: "https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples",
  glue: "https://awsnegotiations.com/glue-job-cost-optimization.html",
  stepFunctions: page("step-functions"),
  athena: "https://athena.guide/articles/athena-basics-pricing-model/",
  cloudwatch: "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/",
  metrics: "https://signoz.io/guides/cloudwatch-pricing",
  dynamodb: "https://airbyte.com/data-engineering-resources/dynamodb-pricing",
  api: "https://www.apigatewaycost.com/aws",
  kms: "https://www.wring.co/blog/aws-kms-pricing-guide",
  secrets: "https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms",
  sns: "https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/",
  sqs: "https://cloudburn.io/blog/amazon-sqs-pricing",
  scheduler: "https://cloudburn.io/blog/amazon-eventbridge-pricing",
} as const;

const MILLION = 1_000_000;

/** By service and unit. Free tiers and volume discounts are left out. */
export const PRICES = {
  streamHour: { usd: 0.04, unit: "on-demand stream and hour", source: KINESIS },
  streamIn: { usd: 0.08, unit: "GB written to an on-demand stream", source: KINESIS },
  streamOut: { usd: 0.04, unit: "GB read from an on-demand stream", source: KINESIS },
  streamKept: { usd: 0.1, unit: "GB and month in an on-demand stream, hours 25 to 168", source: KINESIS },
  streamKeptLong: { usd: 0.023, unit: "GB and month in a stream after 168 hours", source: KINESIS },
  streamFanOut: { usd: 0.05, unit: "GB read by enhanced fan-out from an on-demand stream", source: KINESIS },
  shardHour: { usd: 0.015, unit: "shard and hour", source: KINESIS, readAt: READ.kinesis },
  shardPut: { usd: 0.014, per: MILLION, unit: "PUT payload units of 25 KB", source: KINESIS, readAt: READ.kinesis },
  shardKept: { usd: 0.02, unit: "shard and hour, retention of 25 to 168 hours", source: KINESIS, readAt: READ.kinesis },
  consumerHour: { usd: 0.015, unit: "fan-out consumer, shard and hour", source: KINESIS, readAt: READ.kinesis },
  consumerOut: { usd: 0.013, unit: "GB read by enhanced fan-out from shards", source: KINESIS },
  lambdaRequest: { usd: 0.2, per: MILLION, unit: "requests", source: LAMBDA, readAt: READ.lambdaRequests },
  lambdaArm: { usd: 0.0000133334, unit: "GB-second on arm64", source: LAMBDA, readAt: READ.lambda },
  lambdaX86: { usd: 0.0000166667, unit: "GB-second on x86_64", source: LAMBDA, readAt: READ.lambda },
  s3Put: { usd: 0.005, per: 1000, unit: "PUT requests", source: S3, readAt: READ.s3 },
  s3Get: { usd: 0.0004, per: 1000, unit: "GET requests", source: S3, readAt: READ.s3 },
  s3Storage: { usd: 0.023, unit: "GB and month, S3 Standard", source: S3, readAt: READ.s3 },
  glueDpu: { usd: 0.44, unit: "DPU-hour", source: GLUE, readAt: READ.glue },
  transition: {
    usd: 0.025,
    per: 1000,
    unit: "state transitions",
    source: page("step-functions"),
    readAt: READ.stepFunctions,
  },
  athenaScan: { usd: 5, unit: "TB scanned", source: page("athena"), readAt: READ.athena },
  alarmMetric: { usd: 0.1, unit: "metric of an alarm and month", source: CLOUDWATCH },
  alarmMetricFast: {
    usd: 0.3,
    unit: "metric of an alarm with a period below 60 seconds and month",
    source: CLOUDWATCH,
  },
  customMetric: { usd: 0.3, unit: "custom metric and month", source: CLOUDWATCH, readAt: READ.metrics },
  dashboard: { usd: 3, unit: "dashboard and month", source: CLOUDWATCH, readAt: READ.cloudwatch },
  logs: { usd: 0.5, unit: "GB of logs", source: CLOUDWATCH, readAt: READ.cloudwatch },
  dynamoWrite: { usd: 0.625, per: MILLION, unit: "writes of 1 KB", source: DYNAMODB, readAt: READ.dynamodb },
  dynamoRead: { usd: 0.125, per: MILLION, unit: "reads of 4 KB", source: DYNAMODB, readAt: READ.dynamodb },
  dynamoStorage: { usd: 0.25, unit: "GB and month", source: DYNAMODB },
  dynamoBackup: { usd: 0.2, unit: "GB and month of point-in-time recovery", source: DYNAMODB },
  httpApi: {
    usd: 1,
    per: MILLION,
    unit: "requests to an HTTP API, each 512 KB",
    source: page("api-gateway"),
    readAt: READ.api,
  },
  firehose: { usd: 0.029, unit: "GB, records in steps of 5 KB", source: FIREHOSE },
  firehoseFormat: { usd: 0.018, unit: "GB of which Firehose changes the format", source: FIREHOSE },
  firehosePartition: { usd: 0.02, unit: "GB that Firehose delivers to partitions", source: FIREHOSE },
  firehoseObject: { usd: 0.005, per: 1000, unit: "objects that Firehose delivers to partitions", source: FIREHOSE },
  redshiftRpu: { usd: 0.375, unit: "RPU-hour", source: REDSHIFT },
  redshiftStorage: { usd: 0.024, unit: "GB and month of managed storage", source: REDSHIFT },
  endpointHour: { usd: 0.01, unit: "interface endpoint, zone and hour", source: page("privatelink") },
  endpointData: { usd: 0.01, unit: "GB through interface endpoints", source: page("privatelink") },
  kmsKey: { usd: 1, unit: "key and month", source: page("kms"), readAt: READ.kms },
  kmsRequest: { usd: 0.03, per: 10_000, unit: "requests", source: page("kms"), readAt: READ.kms },
  secret: { usd: 0.4, unit: "secret and month", source: page("secrets-manager"), readAt: READ.secrets },
  secretRequest: { usd: 0.05, per: 10_000, unit: "requests", source: page("secrets-manager"), readAt: READ.secrets },
  snsPublish: { usd: 0.5, per: MILLION, unit: "messages", source: page("sns"), readAt: READ.sns },
  sqsRequest: { usd: 0.4, per: MILLION, unit: "requests", source: page("sqs"), readAt: READ.sqs },
  schedule: { usd: 1, per: MILLION, unit: "starts", source: page("eventbridge"), readAt: READ.scheduler },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;

/** The cost of `count` units, in dollars. */
export function costOf(name: PriceName, count: number): number {
  const { usd, per = 1 }: Price = PRICES[name];
  return (usd * count) / per;
}

/** `$0.20 per 1,000,000 requests` */
export function priceText(name: PriceName): string {
  const { usd, per = 1, unit }: Price = PRICES[name];
  const amount =
    String(usd).includes(".") && String(usd).length < 4
      ? usd.toFixed(2)
      : new Intl.NumberFormat("en-US", { maximumFractionDigits: 12 }).format(usd);
  const many = per === 1 ? "" : per === MILLION ? "million " : `${new Intl.NumberFormat("en-US").format(per)} `;
  return `$${amount} per ${many}${unit}`;
}
