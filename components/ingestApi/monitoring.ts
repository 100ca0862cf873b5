/** What an HTTP API is watched by: the alarm on its errors, and the graphs of its requests. */
import type * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import type { AlarmOptions } from "../parts/alarm";
import type { Graph } from "../parts/monitoring/monitoring";
import { AT_ONCE } from "../stream/alarms";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
export function serverErrors(name: string, { id }: apigatewayv2.Api): AlarmOptions {
  return {
    ...AT_ONCE,
    namespace: "AWS/ApiGateway",
    dimension: ["ApiId", id],
    metricName: "5xx",
    description: `${name} answers with errors of its own: its stream does not take records in time, or its function fails`,
  };
}

export function apiGraphs(name: string, { id }: apigatewayv2.Api): Graph[] {
  const ofApi = { namespace: "AWS/ApiGateway", dimensions: { ApiId: id } } as const;
  const count = (metricName: string, label: string) => ({ ...ofApi, metricName, statistic: "Sum", label }) as const;
  return [
    {
      section: "flow",
      title: `${name}: requests`,
      unit: "requests",
      metrics: [count("Count", "requests"), count("4xx", "refused (4xx)"), count("5xx", "failed (5xx)")],
    },
    {
      section: "lag",
      title: `${name}: time of a request`,
      unit: "ms",
      metrics: [{ ...ofApi, metricName: "Latency", statistic: "Average", label: "average" }],
    },
  ];
}
