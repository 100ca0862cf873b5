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

test.each([
  ["/view/a%20%C3%A9", "/view/a é", "a é"],
  ["/view/a%2Fb", "/view/a/b", "a/b"],
  ["/view/a%252Fb", "/view/a%2Fb", "a%2Fb"],
  ["/view/a%3Fb", "/view/a", "a"],
  ["/view/a%23b+c", "/view/a#b+c", "a#b+c"],
  ["/view/100%", "/view/100%", "100%"],
])(
  "%s is decoded before it is matched, and cut at a question mark; a sign that begins no escape stays",
  (sent, path, key) => {
    expect(apiWith("GET /view/{key+}").match("GET", sent)).toMatchObject({ path, pathParameters: { key } });
  },
);

test("an encoded slash does not match a variable of one segment", () => {
  expect(apiWith("GET /view/{key}").match("GET", "/view/a%2Fb")).toBeUndefined();
});
