/** An HTTP API of a run: its routes, integrations, authorizers and stage, and which route a request matches. */

export interface Route {
  /** `POST /records`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly integrationId: string;
  readonly authorization: "NONE" | "AWS_IAM" | "JWT";
  readonly authorizerId: string | undefined;
  readonly scopes: readonly string[];
}

export interface Integration {
  readonly functionArn: string;
  readonly timeoutMillis: number;
}

export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audiences: readonly string[];
}

export interface Stage {
  readonly accessLog: { readonly group: string; readonly format: string } | undefined;
  /** Requests a second. @default no limit */
  readonly rate: number | undefined;
  /** Requests at once. @default no limit */
  readonly burst: number | undefined;
}

export interface Matched {
  readonly route: Route;
  /** The path of the request, decoded. */
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export class HttpApi {
  readonly routes = new Map<string, Route>();
  readonly integrations = new Map<string, Integration>();
  readonly authorizers = new Map<string, JwtAuthorizer>();
  stage: Stage | undefined;

  constructor(
    readonly id: string,
    readonly name: string,
  ) {}

  /**
   * The most specific route: a whole path before a greedy variable, a method before `ANY`, `$default` last.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
   *
   * API Gateway decodes the path first, so "%2F" is a slash, and cuts it at a decoded "?" (measured on AWS:
   * https://github.com/middleapi/standard-server/pull/93, https://github.com/aws/aws-lambda-dotnet/pull/1901).
   */
  match(method: string, encodedPath: string): Matched | undefined {
    const path = decoded(encodedPath).split("?")[0] ?? "";
    const found = [...this.routes.values()]
      .flatMap((route) => {
        const pathParameters = matchKey(route.routeKey, method, path);
        return pathParameters ? [{ route, path, pathParameters }] : [];
      })
      .sort((one, other) => rankOf(one.route.routeKey) - rankOf(other.route.routeKey));
    return found[0];
  }
}

function matchKey(routeKey: string, method: string, path: string): Record<string, string> | undefined {
  if (routeKey === "$default") return {};
  const [wanted, template = ""] = routeKey.split(" ");
  if (wanted !== "ANY" && wanted !== method) return undefined;
  const pieces = template.split("/");
  const given = path.split("/");
  const parameters: Record<string, string> = {};
  for (const [index, piece] of pieces.entries()) {
    const value = given[index];
    const greedy = /^\{(.+)\+\}$/.exec(piece)?.[1];
    if (greedy !== undefined) {
      if (!value) return undefined;
      parameters[greedy] = given.slice(index).join("/");
      return parameters;
    }
    const variable = /^\{(.+)\}$/.exec(piece)?.[1];
    if (variable !== undefined && value) parameters[variable] = value;
    else if (piece !== value) return undefined;
  }
  return pieces.length === given.length ? parameters : undefined;
}

/** Lower is more specific. */
function rankOf(routeKey: string): number {
  if (routeKey === "$default") return 1000;
  const variables = routeKey.split("{").length - 1;
  return (routeKey.includes("+}") ? 100 : 0) + 2 * variables + (routeKey.startsWith("ANY ") ? 1 : 0);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A "%" that begins no escape stands for itself.
  }
}
