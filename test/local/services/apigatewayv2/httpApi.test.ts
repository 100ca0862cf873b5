/** The route that a request matches: the most specific one, as API Gateway selects it. */
import { HttpApi } from "../../../../local/services/apigatewayv2/httpApi";

function apiWith(...routeKeys: string[]): HttpApi {
  const api = new HttpApi("a", "own");
  for (const routeKey of routeKeys) {
    api.routes.set(routeKey, {
      routeKey,
      integrationId: "i",
      authorization: "NONE",
      authorizerId: undefined,
      scopes: [],
    });
  }
  return api;
}

// The routes and requests of https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
const documented = apiWith("GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default");

test.each([
  ["GET", "/pets/dog/1", "GET /pets/dog/1", {}],
  ["GET", "/pets/dog/2", "GET /pets/dog/{id}", { id: "2" }],
  ["GET", "/pets/cat/1", "GET /pets/{proxy+}", { proxy: "cat/1" }],
  ["POST", "/test/5", "ANY /{proxy+}", { proxy: "test/5" }],
])("%s %s is of %s", (method, path, routeKey, pathParameters) => {
  const matched = documented.match(method, path);
  expect([matched?.route.routeKey, matched?.pathParameters]).toEqual([routeKey, pathParameters]);
});

test.each([
  ["GET", "/", undefined],
  ["GET", "/records", undefined],
  ["POST", "/records", "POST /records"],
  ["POST", "/records/", undefined],
  ["POST", "/recordsX", undefined],
  ["PUT", "/own", "ANY /own"],
  ["GET", "/own", "GET /own"],
  ["GET", "/view/%", "GET /view/{key}"],
  ["GET", "/view/", undefined],
  ["GET", "/view/a/b", undefined],
])("%s %s is of %s", (method, path, routeKey) => {
  const api = apiWith("ANY /own", "GET /own", "POST /records", "GET /view/{key}");
  expect(api.match(method, path)?.route.routeKey).toBe(routeKey);
});

test("path parameters are decoded; a percent sign that begins no escape stands for itself", () => {
  const api = apiWith("GET /view/{key}");
  expect(api.match("GET", "/view/a%2Fb%20%C3%A9")?.pathParameters).toEqual({ key: "a/b é" });
  expect(api.match("GET", "/view/100%")?.pathParameters).toEqual({ key: "100%" });
});
