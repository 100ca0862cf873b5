/** Lambda's REST protocol in front of Invoke: what a client sends, what it gets, and what it may not ask for. */
import type { HttpRequest } from "../../../../local/cloud/endpoint/http";
import type { Access, CallContext } from "../../../../local/cloud/service";
import { invokeFront } from "../../../../local/services/lambda/invokeFront";

const context: CallContext = { principal: { kind: "caller" }, requestId: "r-1" };
const request = (method: string, path: string, body = "", headers: Record<string, string> = {}): HttpRequest => ({
  method,
  path,
  query: new URLSearchParams(),
  headers,
  body: (async function* () {
    yield Buffer.from(body);
  })(),
});

const asked: unknown[] = [];
const authorized: (readonly Access[])[] = [];
const front = invokeFront(
  {
    access: ({ FunctionName }) => [{ action: "lambda:InvokeFunction", resource: FunctionName }],
    run: async (input) => {
      asked.push(input);
      return { StatusCode: 200, ExecutedVersion: "$LATEST", FunctionError: "Unhandled", Payload: Buffer.from("{}") };
    },
  },
  (_, access) => authorized.push(access),
);

test("Invoke over HTTP is the operation with the same name, its answer in status, headers and body", async () => {
  const headers = { "x-amz-invocation-type": "RequestResponse" };
  const path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3A1/invocations";
  expect(await front(request("POST", path, '{"a":1}', headers), context)).toEqual({
    status: 200,
    headers: {
      "content-type": "application/json",
      "x-amzn-requestid": "r-1",
      "x-amz-executed-version": "$LATEST",
      "x-amz-function-error": "Unhandled",
    },
    body: Buffer.from("{}"),
  });
  expect(asked).toEqual([
    { FunctionName: "arn:aws:lambda:1", InvocationType: "RequestResponse", Payload: Buffer.from('{"a":1}') },
  ]);
  expect(authorized).toEqual([[{ action: "lambda:InvokeFunction", resource: "arn:aws:lambda:1" }]]);
});

test.each([
  ["GET", "/2015-03-31/functions/router"],
  ["GET", "/2015-03-31/functions/router/invocations"],
  ["POST", "/2021-11-15/functions/router/response-streaming-invocations"],
])("%s %s of Lambda's REST protocol is refused by name", async (method, path) => {
  await expect(front(request(method, path), context)).rejects.toThrow(
    `local/lambda: ${method} ${path} is not simulated; see docs/fidelity.md`,
  );
});
