/** API Gateway: stages of REST APIs (v1), and stages and routes of HTTP and WebSocket APIs (v2). */
import type { MethodSettingsArgs, StageArgs } from "@pulumi/aws/apigateway";
import type { ApiArgs, RouteArgs, StageArgs as StageV2Args } from "@pulumi/aws/apigatewayv2";
import { on, resourceControl, type Stack, type StackResource, stackControl } from "../control";
import { refersTo } from "../relations";
import { ifKnown } from "../unknown";

const STAGE = "aws:apigateway/stage:Stage";
const STAGE_V2 = "aws:apigatewayv2/stage:Stage";
const SETTINGS = "aws:apigateway/methodSettings:MethodSettings";
const LOGGED = ["ERROR", "INFO"];

export const apiGatewayControls = [
  stackControl<StageArgs | StageV2Args>(
    {
      id: "APIGateway.1",
      title: "API Gateway REST and WebSocket API execution logging should be enabled",
      severity: "medium",
      remedy:
        'Declare aws.apigateway.MethodSettings for the stage, methodPath "*/*", or set defaultRouteSettings of a WebSocket stage, with loggingLevel "ERROR" or "INFO".',
    },
    [STAGE, STAGE_V2],
    (stage, stack) => {
      const isRest = stage.resource.type === STAGE;
      const level = isRest
        ? methodLevel(stage as StackResource<V1>, stack)
        : routeLevel(stage as StackResource<V2>, stack);
      return level === undefined || LOGGED.includes(level) ? undefined : "does not log executions.";
    },
  ),
  resourceControl(
    {
      id: "APIGateway.2",
      title: "API Gateway REST API stages should be configured to use SSL certificates for backend authentication",
      severity: "medium",
      remedy: "Set clientCertificateId to the id of an aws.apigateway.ClientCertificate.",
    },
    on<StageArgs>(STAGE, ({ clientCertificateId }) =>
      clientCertificateId ? undefined : "has no client certificate, so backends cannot verify its requests.",
    ),
  ),
  resourceControl(
    {
      id: "APIGateway.3",
      title: "API Gateway REST API stages should have AWS X-Ray tracing enabled",
      severity: "low",
      remedy: "Set xrayTracingEnabled to true.",
    },
    on<StageArgs>(STAGE, ({ xrayTracingEnabled }) =>
      xrayTracingEnabled === true ? undefined : "has no X-Ray tracing.",
    ),
  ),
  stackControl<StageArgs>(
    {
      id: "APIGateway.4",
      title: "API Gateway should be associated with a WAF Web ACL",
      severity: "medium",
      remedy: "Declare aws.wafv2.WebAclAssociation with the stage's arn as resourceArn.",
    },
    [STAGE],
    ({ resource }, stack) => {
      const associations = stack.all("aws:wafv2/webAclAssociation:WebAclAssociation", WAF_CLASSIC);
      const isGuarded = associations.some((found) => refersTo(found.resource, "resourceArn", resource));
      return isGuarded ? undefined : "has no web ACL.";
    },
  ),
  resourceControl(
    {
      id: "APIGateway.5",
      title: "API Gateway REST API cache data should be encrypted at rest",
      severity: "medium",
      remedy: "Set settings.cacheDataEncrypted to true.",
    },
    on<MethodSettingsArgs>(SETTINGS, ({ settings }) =>
      settings.cachingEnabled === true && settings.cacheDataEncrypted !== true
        ? "its cache is not encrypted."
        : undefined,
    ),
  ),
  resourceControl(
    {
      id: "APIGateway.8",
      title: "API Gateway routes should specify an authorization type",
      severity: "medium",
      remedy: 'Set authorizationType to "AWS_IAM", "JWT" or "CUSTOM".',
    },
    on<RouteArgs>("aws:apigatewayv2/route:Route", ({ authorizationType = "NONE" }) =>
      authorizationType === "NONE" ? "accepts requests without authorization." : undefined,
    ),
  ),
  resourceControl(
    {
      id: "APIGateway.9",
      title: "Access logging should be configured for API Gateway V2 Stages",
      severity: "medium",
      remedy: "Set accessLogSettings to the arn of a log group, and a format.",
    },
    on<StageV2Args>(STAGE_V2, ({ accessLogSettings }) => (accessLogSettings ? undefined : "has no access logs.")),
  ),
];

const WAF_CLASSIC = "aws:wafregional/webAclAssociation:WebAclAssociation";

type V1 = { restApi?: unknown; stageName?: string };
type V2 = { defaultRouteSettings?: { loggingLevel?: string } };

/** The logging level in the settings for all methods of a stage. */
function methodLevel({ resource, inputs }: StackResource<V1>, stack: Stack): string | undefined {
  const settings = stack
    .all<MethodSettingsArgs>(SETTINGS)
    .filter((found) => refersTo(found.resource, "stageName", resource) || isSameStage(found.inputs, inputs))
    .find(({ inputs: { methodPath } }) => methodPath === "*/*");
  return settings?.inputs.settings.loggingLevel ?? "OFF";
}

function isSameStage(left: V1, right: V1): boolean {
  return ifKnown(() => left.restApi === right.restApi && left.stageName === right.stageName) ?? false;
}

/** The logging level of a WebSocket API's stage; undefined for other APIs, which do not log executions. */
function routeLevel({ resource, inputs }: StackResource<V2>, stack: Stack): string | undefined {
  const apis = stack.all<ApiArgs>("aws:apigatewayv2/api:Api");
  const api = apis.find((found) => refersTo(resource, "apiId", found.resource));
  if (api?.inputs.protocolType !== "WEBSOCKET") return undefined;
  return inputs.defaultRouteSettings?.loggingLevel ?? "OFF";
}
