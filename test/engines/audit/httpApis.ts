/** Translations of the resources of HTTP APIs. */
import { pascal, physical, same, type Translate, type Values } from "./translation";

export const HTTP_APIS: Readonly<Record<string, Translate>> = {
  "aws:apigatewayv2/api:Api": (input, name) =>
    same("AWS::ApiGatewayV2::Api", "apigatewayv2", "CreateApi", {
      Name: physical(input, name),
      ...input.pascal("description", "protocolType"),
    }),
  "aws:apigatewayv2/authorizer:Authorizer": (input, name) => {
    const { issuer, audiences } = input.take<{ issuer: string; audiences: string[] }>("jwtConfiguration");
    return same("AWS::ApiGatewayV2::Authorizer", "apigatewayv2", "CreateAuthorizer", {
      Name: physical(input, name),
      ...input.pascal("apiId", "authorizerType"),
      IdentitySource: input.take("identitySources"),
      JwtConfiguration: { Issuer: issuer, Audience: audiences },
    });
  },
  "aws:apigatewayv2/integration:Integration": (input) => {
    const shared = input.pascal("apiId", "integrationType", "integrationUri", "payloadFormatVersion");
    const TimeoutInMillis = input.take("timeoutMilliseconds");
    return same("AWS::ApiGatewayV2::Integration", "apigatewayv2", "CreateIntegration", { ...shared, TimeoutInMillis });
  },
  "aws:apigatewayv2/route:Route": (input) =>
    same(
      "AWS::ApiGatewayV2::Route",
      "apigatewayv2",
      "CreateRoute",
      input.pascal("apiId", "authorizationScopes", "authorizationType", "authorizerId", "routeKey", "target"),
    ),
  "aws:apigatewayv2/stage:Stage": (input) => {
    const settings = input.take<Values | undefined>("accessLogSettings");
    const properties = {
      StageName: input.take("name"),
      AccessLogSettings: settings && pascal(settings),
      ...input.pascal("apiId", "autoDeploy", "defaultRouteSettings"),
    };
    return same("AWS::ApiGatewayV2::Stage", "apigatewayv2", "CreateStage", properties);
  },
};
