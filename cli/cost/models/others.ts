/** The cost of alarms, dashboards, logs, keys, secrets, topics, queues and APIs. */
import { counted } from "../../terminal/wording";
import { DAYS_A_MONTH, HOURS_A_MONTH, type Model, numberOf } from "../model";
import { costOf, type PriceName } from "../prices";

/** Periods below this are of a high-resolution alarm. */
const STANDARD_PERIOD_SECONDS = 60;
/** https://aws.amazon.com/api-gateway/pricing/, "metered in 512 KB increments" */
const API_STEP_BYTES = 512 * 1024;

interface MetricQuery {
  readonly metric?: { readonly period?: number };
}

export const alarm: Model = ({ inputs }) => {
  const metrics = ((inputs.metricQueries as MetricQuery[] | undefined) ?? []).flatMap(({ metric }) => metric ?? []);
  const count = Math.max(1, metrics.length);
  const periods = [numberOf(inputs.period, STANDARD_PERIOD_SECONDS), ...metrics.map(({ period = 300 }) => period)];
  const price = Math.min(...periods) < STANDARD_PERIOD_SECONDS ? "alarmMetricFast" : "alarmMetric";
  return [
    {
      part: "alarms",
      fixedUsd: costOf(price, count),
      prices: [price],
      basis: `${count} metric${count === 1 ? "" : "s"}`,
    },
  ];
};

export const httpApi: Model = ({ inputs }, _program, { apiRequestsPerDay, recordBytes }) => {
  const part = "requests";
  if (inputs.protocolType !== "HTTP")
    return [{ part, prices: [], open: "an API that is no HTTP API; not in the table of prices" }];
  if (apiRequestsPerDay === undefined) return [{ part, prices: ["httpApi"], open: "give --api-requests-per-day" }];
  const steps = Math.ceil(recordBytes / API_STEP_BYTES);
  const count = apiRequestsPerDay * DAYS_A_MONTH * steps;
  return [
    {
      part,
      fixedUsd: costOf("httpApi", count),
      prices: ["httpApi"],
      basis: `${counted(Math.round(count))} requests of at most 512 KB`,
    },
  ];
};

/** A resource with a price a month, and requests whose number is not known. */
function monthly(part: string, price: PriceName, request?: PriceName): Model {
  return () => [
    { part, fixedUsd: costOf(price, 1), prices: [price], basis: `${HOURS_A_MONTH} hours` },
    ...(request ? [{ part: `requests to ${part}`, prices: [request], open: "the number of requests" }] : []),
  ];
}

function unknown(part: string, price: PriceName, open: string): Model {
  return () => [{ part, prices: [price], open }];
}

export const dashboard = monthly("dashboards", "dashboard");
export const kmsKey = monthly("keys", "kmsKey", "kmsRequest");
export const secret = monthly("secrets", "secret", "secretRequest");
export const topic = unknown("messages", "snsPublish", "the number of messages");
export const queue = unknown("requests to queues", "sqsRequest", "the number of requests");
export const logGroup = unknown("logs", "logs", "the bytes of logs");

/** Endpoints of S3 and DynamoDB that are gateways have no charge (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html). */
export const vpcEndpoint: Model = ({ name, inputs }) => {
  if ((inputs.vpcEndpointType ?? "Gateway") === "Gateway") return [];
  const data = { part: `data through ${name}`, prices: ["endpointData"], open: "the bytes" } as const;
  if (inputs.vpcEndpointType !== "Interface" || !Array.isArray(inputs.subnetIds)) {
    return [{ part: "endpoints", prices: ["endpointHour"], open: `the zones of ${name}` }, data];
  }
  const zones = inputs.subnetIds.length;
  const basis = `${zones} zone${zones === 1 ? "" : "s"}, ${HOURS_A_MONTH} hours`;
  return [
    { part: "endpoints", fixedUsd: costOf("endpointHour", zones * HOURS_A_MONTH), prices: ["endpointHour"], basis },
    data,
  ];
};

/** Its data sources, data sets and refreshes are part of what its users and its storage cost. */
export const quickSightDashboard: Model = ({ inputs }) =>
  inputs.typeName === "AWS::QuickSight::Dashboard"
    ? [
        {
          part: "QuickSight",
          prices: [],
          open: "its users and the gigabytes of SPICE; not in the table of prices (https://aws.amazon.com/quicksight/pricing/)",
        },
      ]
    : [{ part: String(inputs.typeName), prices: [], open: "not in the table of prices" }];
