/** Takes records over HTTP into a stream, and answers with items of views: an HTTP API, and the function behind it. */
import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import type { PartitionKeySource } from "../lake/ingest/partitionKey";
import { CallbackFunction } from "./callbackFunction";
import { type OnStream, streamOf } from "./existing/stream";
import { type IngestApiArgs, ingestApiProblems } from "./ingestApi/args";
import { apiGraphs, serverErrors } from "./ingestApi/monitoring";
import { apiStage } from "./ingestApi/stage";
import { componentAlarms } from "./parts/alarm";
import { refuseProblems } from "./parts/checks";
import { functionErrors, functionTime } from "./parts/monitoring/functionGraphs";
import type { Monitoring } from "./parts/monitoring/monitoring";
import type { Permission } from "./parts/permission";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";

/** The raw resources. */
export interface IngestApiNodes {
  readonly api: apigatewayv2.Api;
  readonly stage: apigatewayv2.Stage;
  readonly integration: apigatewayv2.Integration;
  /** With `authorization: "JWT"`. */
  readonly authorizer: apigatewayv2.Authorizer | undefined;
  /** `records`, `batches`, `view-<name>` and `item-<name>` of each view, and `default` for all other requests. */
  readonly routes: Readonly<Record<string, apigatewayv2.Route>>;
  readonly accessLogs: cloudwatch.LogGroup;
  readonly function: CallbackFunction;
  readonly permission: lambda.Permission;
  /** With `alarms`: `server-errors`. */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/** `default` answers what the others do not match with 404 and 405. */
const ROUTES = { records: "POST /records", batches: "POST /batches", default: "$default" } as const;

/** API Gateway decodes "%2F" before it matches a path, so the key may have several segments. */
const viewRoutes = (view: string) => ({ [`view-${view}`]: `GET /${view}`, [`item-${view}`]: `GET /${view}/{key+}` });

/** The maximum: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const INTEGRATION_TIMEOUT_MILLIS = 30_000;

/**
 * An HTTP API in front of a stream. `POST /records` takes one record of any format, byte for byte; `POST /batches` takes NDJSON,
 * a JSON array or CSV, and cuts it into records. It answers when the stream has taken them. `GET /<view>/<key>` answers with the
 * item of a `ServingTable`.
 */
export class IngestApi extends pulumi.ComponentResource {
  /** The URL of the API, without a slash at its end: `https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com`. */
  readonly url: pulumi.Output<string>;
  readonly nodes: IngestApiNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;
  private readonly authorization: NonNullable<IngestApiArgs["authorization"]>;
  private readonly apiName: string;
  private readonly views: readonly string[];

  constructor(name: string, given: IngestApiArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = { ...given, stream: streamOf(`IngestApi "${name}"`, given.stream) };
    refuseProblems("IngestApi", name, ingestApiProblems(name, args));
    super("streamlake:index:IngestApi", name, {}, withTags("IngestApi", name, args, opts));
    this.authorization = args.authorization ?? "AWS_IAM";
    this.apiName = name;
    this.views = Object.keys(args.views ?? {});

    const api = this.api(name, args);
    const handler = this.handler(name, args);
    const integration = this.integration(name, args, api, handler);
    const authorizer = this.authorizer(name, args, api);
    const stage = apiStage(name, args, { api, parent: this });
    const roles = { "server-errors": serverErrors(name, api) };
    const alarms = componentAlarms(name, roles, args, this);
    this.nodes = {
      api,
      function: handler,
      permission: this.permission(name, args, api, handler),
      integration,
      authorizer,
      routes: this.routes(name, args, api, integration, authorizer),
      ...stage,
      alarms,
    };
    this.monitoring = {
      component: "IngestApi",
      name,
      arn: handler.nodes.function.arn,
      alarms: roles,
      declared: alarms,
      graphs: [...apiGraphs(name, api), functionErrors(name, [[name, handler]]), functionTime(name, [[name, handler]])],
      links: [
        { label: `${name} requests`, logGroup: stage.accessLogs.name },
        { label: name, logGroup: handler.nodes.logs.name },
      ],
    };
    this.url = api.apiEndpoint;

    this.registerOutputs({ url: this.url });
  }

  /**
   * For clients that sign their requests.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
   *
   * @throws without `authorization: "AWS_IAM"`, because no policy decides then
   */
  invokeAccess(): Permission {
    return this.access("invokeAccess", "POST/records", "POST/batches");
  }

  /**
   * For clients that sign their requests for items.
   *
   * @param views names of views; all of them when absent
   * @throws without `authorization: "AWS_IAM"`, and for a view that the API does not have
   */
  readAccess(...views: string[]): Permission {
    const unknown = views.find((view) => !this.views.includes(view));
    if (unknown !== undefined || this.views.length === 0) {
      const problem =
        unknown === undefined ? "without views" : `for "${unknown}", which is not one of ${this.views.join(", ")}`;
      throw new pulumi.RunError(
        `IngestApi "${this.apiName}": readAccess() is called ${problem}; give the view to views.`,
      );
    }
    const read = views.length > 0 ? views : this.views;
    return this.access("readAccess", ...read.flatMap((view) => [`GET/${view}`, `GET/${view}/*`]));
  }

  private access(method: string, ...routes: string[]): Permission {
    if (this.authorization !== "AWS_IAM") {
      throw new pulumi.RunError(
        `IngestApi "${this.apiName}": ${method}() is for authorization "AWS_IAM", and it has "${this.authorization}".`,
      );
    }
    const { executionArn } = this.nodes.api;
    const resources = routes.map((route) => pulumi.interpolate`${executionArn}/$default/${route}`);
    return { actions: ["execute-api:Invoke"], resources };
  }

  private api(name: string, { transform }: IngestApiArgs): apigatewayv2.Api {
    return new apigatewayv2.Api(
      ...transformed<apigatewayv2.ApiArgs>(
        transform?.api,
        `${name}-api`,
        { protocolType: "HTTP", description: "Takes records into a stream" },
        { parent: this },
      ),
    );
  }

  private handler(name: string, args: OnStream<IngestApiArgs>): CallbackFunction {
    const { header, pointer, column } = args.partitionKey ?? {};
    const config = {
      rowsPerRecord: args.rowsPerRecord ?? defaults.ingest.rowsPerRecord,
      maxRecords: args.recordsPerBatch ?? defaults.ingest.recordsPerBatch,
      maxRecordBytes: 1024 * (args.maxRecordKibibytes ?? defaults.ingest.maxRecordKibibytes),
      // In one order of names, so that the package is the same in every language.
      partitionKey: JSON.parse(JSON.stringify({ header, pointer, column })) as PartitionKeySource,
    };
    const views = Object.entries(args.views ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
    return new CallbackFunction(
      `${name}-handler`,
      {
        description: "Cuts requests into records and puts them into a stream",
        factory: () => {
          const { createIngest } = require("../functions/ingest") as typeof import("../functions/ingest");
          return createIngest(config);
        },
        permissions: [...args.stream.writeAccess(), ...views.flatMap(([, view]) => view.itemAccess())],
        environment: {
          STREAM_NAME: args.stream.streamName,
          ...(views.length > 0 && {
            VIEWS: pulumi.jsonStringify(Object.fromEntries(views.map(([view, { tableName }]) => [view, tableName]))),
          }),
        },
        vpc: args.vpc,
        memoryMebibytes: args.memoryMebibytes ?? defaults.ingest.memoryMebibytes,
        timeoutSeconds: defaults.ingest.timeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.function,
      },
      { parent: this },
    );
  }

  private permission(
    name: string,
    { transform }: IngestApiArgs,
    { executionArn }: apigatewayv2.Api,
    handler: CallbackFunction,
  ): lambda.Permission {
    return new lambda.Permission(
      ...transformed<lambda.PermissionArgs>(
        transform?.permission,
        `${name}-permission`,
        {
          action: "lambda:InvokeFunction",
          function: handler.nodes.function.name,
          principal: "apigateway.amazonaws.com",
          sourceArn: pulumi.interpolate`${executionArn}/*`,
        },
        { parent: this },
      ),
    );
  }

  private integration(
    name: string,
    { transform }: IngestApiArgs,
    api: apigatewayv2.Api,
    handler: CallbackFunction,
  ): apigatewayv2.Integration {
    return new apigatewayv2.Integration(
      ...transformed<apigatewayv2.IntegrationArgs>(
        transform?.integration,
        `${name}-integration`,
        {
          apiId: api.id,
          integrationType: "AWS_PROXY",
          integrationUri: handler.nodes.function.invokeArn,
          payloadFormatVersion: "2.0",
          timeoutMilliseconds: INTEGRATION_TIMEOUT_MILLIS,
        },
        { parent: this },
      ),
    );
  }

  private authorizer(
    name: string,
    { jwt, transform }: IngestApiArgs,
    api: apigatewayv2.Api,
  ): apigatewayv2.Authorizer | undefined {
    if (!jwt) return undefined;
    return new apigatewayv2.Authorizer(
      ...transformed<apigatewayv2.AuthorizerArgs>(
        transform?.authorizer,
        `${name}-authorizer`,
        {
          apiId: api.id,
          authorizerType: "JWT",
          identitySources: ["$request.header.Authorization"],
          jwtConfiguration: { issuer: jwt.issuer, audiences: jwt.audiences },
        },
        { parent: this },
      ),
    );
  }

  private routes(
    name: string,
    { jwt, transform }: IngestApiArgs,
    api: apigatewayv2.Api,
    integration: apigatewayv2.Integration,
    authorizer: apigatewayv2.Authorizer | undefined,
  ): Record<string, apigatewayv2.Route> {
    const declare = (role: string, routeKey: string) =>
      new apigatewayv2.Route(
        ...transformed<apigatewayv2.RouteArgs>(
          transform?.route,
          `${name}-route-${role}`,
          {
            apiId: api.id,
            routeKey,
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: this.authorization,
            authorizerId: authorizer?.id,
            authorizationScopes: jwt?.scopes,
          },
          { parent: this },
        ),
      );
    const routes: Record<string, string> = Object.assign({}, ROUTES, ...this.views.map(viewRoutes));
    return Object.fromEntries(Object.entries(routes).map(([role, routeKey]) => [role, declare(role, routeKey)]));
  }
}
