/** The stage of an HTTP API, which throttles requests, and the log of its requests. */
import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { transformed } from "../parts/transform";
import type { IngestApiArgs } from "./args";

/**
 * Requests and their ends, without bodies, paths and queries: those may be other people's data.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const ACCESS_LOG = {
  requestId: "$context.requestId",
  time: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  routeKey: "$context.routeKey",
  status: "$context.status",
  responseBytes: "$context.responseLength",
  millis: "$context.responseLatency",
  error: "$context.error.message",
  integrationError: "$context.integrationErrorMessage",
};

export interface ApiStage {
  readonly stage: apigatewayv2.Stage;
  readonly accessLogs: cloudwatch.LogGroup;
}

export function apiStage(
  name: string,
  { requestsPerSecond, burstRequests, logRetentionDays, transform }: IngestApiArgs,
  { api, parent }: { readonly api: apigatewayv2.Api; readonly parent: pulumi.Resource },
): ApiStage {
  const accessLogs = new cloudwatch.LogGroup(
    ...transformed<cloudwatch.LogGroupArgs>(
      transform?.accessLogs,
      `${name}-access-logs`,
      { retentionInDays: logRetentionDays ?? defaults.function.logRetentionDays },
      { parent },
    ),
  );
  const stage = new apigatewayv2.Stage(
    ...transformed<apigatewayv2.StageArgs>(
      transform?.stage,
      `${name}-stage`,
      {
        apiId: api.id,
        // The only stage whose name is not part of the URL.
        name: "$default",
        autoDeploy: true,
        accessLogSettings: { destinationArn: accessLogs.arn, format: JSON.stringify(ACCESS_LOG) },
        defaultRouteSettings: {
          throttlingRateLimit: requestsPerSecond ?? defaults.ingest.requestsPerSecond,
          throttlingBurstLimit: burstRequests ?? defaults.ingest.burstRequests,
        },
      },
      { parent },
    ),
  );
  return { stage, accessLogs };
}
