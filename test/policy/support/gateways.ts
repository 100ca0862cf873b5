/** Cases of the controls over API Gateway. */
import type { ControlCases } from "./controlCase";
import type { Resource } from "./runningPack";

const stage = (props: object = {}): Resource => ({
  type: "aws:apigateway/stage:Stage",
  name: "s",
  props: { arn: "arn:aws:apigateway:us-east-1::/restapis/r/stages/live", restApi: "r", stageName: "live", ...props },
});
const settings = (props: object, methodPath = "*/*"): Resource => ({
  type: "aws:apigateway/methodSettings:MethodSettings",
  name: "m",
  props: { restApi: "r", stageName: "live", methodPath, settings: props },
});
const stageV2 = (props: object = {}): Resource => ({
  type: "aws:apigatewayv2/stage:Stage",
  name: "s",
  props: { apiId: "a-1", ...props },
});
const api = (protocolType: string): Resource => ({
  type: "aws:apigatewayv2/api:Api",
  name: "a",
  props: { id: "a-1", protocolType },
});
const route = (props: object): Resource => ({ type: "aws:apigatewayv2/route:Route", props });

export const gatewayCases: Record<string, ControlCases> = {
  "APIGateway.1": {
    passes: [
      ["a REST stage that logs errors", [stage(), settings({ loggingLevel: "ERROR" })]],
      ["a WebSocket stage that logs", [stageV2({ defaultRouteSettings: { loggingLevel: "INFO" } }), api("WEBSOCKET")]],
      ["an HTTP stage, which logs no executions", [stageV2(), api("HTTP")]],
    ],
    fails: [
      ["a REST stage without settings", [stage()], "does not log executions."],
      ["logging off", [stage(), settings({ loggingLevel: "OFF" })], "does not log executions."],
      ["logging of one method", [stage(), settings({ loggingLevel: "INFO" }, "rows/POST")], "does not log executions."],
      [
        "settings of another stage",
        [stage({ stageName: "next" }), settings({ loggingLevel: "INFO" })],
        "does not log executions.",
      ],
      ["a WebSocket stage that says nothing", [stageV2(), api("WEBSOCKET")], "does not log executions."],
    ],
  },
  "APIGateway.2": {
    passes: [["a certificate", [stage({ clientCertificateId: "c-1" })]]],
    fails: [["no certificate", [stage()], "has no client certificate, so backends cannot verify its requests."]],
  },
  "APIGateway.3": {
    passes: [["tracing on", [stage({ xrayTracingEnabled: true })]]],
    fails: [["no tracing", [stage()], "has no X-Ray tracing."]],
  },
  "APIGateway.4": {
    passes: [
      [
        "a web ACL",
        [
          stage(),
          {
            type: "aws:wafv2/webAclAssociation:WebAclAssociation",
            name: "w",
            props: { resourceArn: "arn:aws:apigateway:us-east-1::/restapis/r/stages/live" },
          },
        ],
      ],
    ],
    fails: [
      ["no web ACL", [stage()], "has no web ACL."],
      [
        "a web ACL of another stage",
        [
          stage(),
          {
            type: "aws:wafv2/webAclAssociation:WebAclAssociation",
            name: "w",
            props: { resourceArn: "arn:aws:apigateway:us-east-1::/restapis/r/stages/next" },
          },
        ],
        "has no web ACL.",
      ],
    ],
  },
  "APIGateway.5": {
    passes: [
      ["no cache", [settings({ loggingLevel: "INFO" })]],
      ["an encrypted cache", [settings({ cachingEnabled: true, cacheDataEncrypted: true })]],
    ],
    fails: [["a cache", [settings({ cachingEnabled: true })], "its cache is not encrypted."]],
  },
  "APIGateway.8": {
    passes: [["IAM", [route({ authorizationType: "AWS_IAM" })]]],
    fails: [
      ["nothing", [route({ routeKey: "POST /rows" })], "accepts requests without authorization."],
      ["NONE", [route({ authorizationType: "NONE" })], "accepts requests without authorization."],
    ],
  },
  "APIGateway.9": {
    passes: [
      ["access logs", [stageV2({ accessLogSettings: { destinationArn: "arn:…", format: "$context.requestId" } })]],
    ],
    fails: [["no access logs", [stageV2()], "has no access logs."]],
  },
};
