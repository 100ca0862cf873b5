/** Visits of browsers at an endpoint: told apart from the calls of AWS clients, and only for this machine. */
import * as http from "node:http";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Service } from "../../../../local/services/s3/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;
const seen: string[] = [];
beforeAll(async () => {
  local = await testCloud(s3Service);
  await local.declare("aws:s3/bucket:Bucket", "lake", { bucket: "lake" });
  local.cloud.onVisit(async ({ method, path }) => {
    seen.push(`${method} ${path}`);
    return path === "/_streamlake/none" ? undefined : { status: 200, body: "welcome" };
  });
});
afterAll(() => local.close());
beforeEach(() => seen.splice(0));

function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${local.url}${path}`, { method, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve([response.statusCode ?? 0, body]));
    });
    request.on("error", reject).end();
  });
}

test.each([
  ["GET", "/", {}],
  ["GET", "/", { accept: "text/html", host: "localhost:4566" }],
  ["GET", "/", { host: "[::1]:4566" }],
  ["POST", "/_streamlake/flush", {}],
  ["POST", "/_streamlake/flush", { "sec-fetch-site": "none" }],
])("%s %s with %j is a visit", async (method, path, headers) => {
  expect(await ask(path, headers as Record<string, string>, method)).toEqual([200, "welcome"]);
  expect(seen).toEqual([`${method} ${path}`]);
});

test.each([
  ["a signature", "/", { authorization: "AWS4-HMAC-SHA256 Credential=mine/20261120/eu-central-1/s3/aws4_request" }],
  ["a presigned URL", "/?X-Amz-Credential=mine/20261120/eu-central-1/s3/aws4_request", {}],
  ["a client that does not sign", "/", { "user-agent": "aws-cli/1.45.11 Python/3.11" }],
  ["a header of the SDK", "/", { "amz-sdk-invocation-id": "1" }],
  ["the SDK's query", "/?x-id=ListBuckets", {}],
])("GET with %s lists the buckets", async (_what, path, headers) => {
  const [status, body] = await ask(path, headers as Record<string, string>);
  expect([status, body]).toEqual([200, expect.stringContaining("<Name>lake</Name>")]);
  expect(seen).toEqual([]);
});

test("the SDK lists the buckets", async () => {
  const client = new S3Client(local.clientConfig());
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  client.destroy();
  expect(Buckets.map(({ Name }) => Name)).toEqual(["lake"]);
});

test.each(["evil.example", "127.0.0.1.evil.example:4566", "localhost.evil.example", "lake.localhost:4566"])(
  "a visit of the host %s is refused",
  async (host) => {
    const message = "local: this page is for 127.0.0.1 and localhost; the request names another host\n";
    expect(await ask("/", { host })).toEqual([421, message]);
    expect(await ask("/_streamlake/flush", { host }, "POST")).toEqual([421, message]);
    expect(seen).toEqual([]);
  },
);

test("a page of this endpoint may ask below the console's path, and nowhere else", async () => {
  const headers = { origin: local.url, "sec-fetch-site": "same-origin" };
  expect(await ask("/_streamlake/console/api/flush", headers, "POST")).toEqual([200, "welcome"]);
  expect((await ask("/_streamlake/flush", headers, "POST"))[0]).toBe(403);
  const other = { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" };
  expect((await ask("/_streamlake/console/api/flush", other, "POST"))[0]).toBe(403);
  expect(seen).toEqual(["POST /_streamlake/console/api/flush"]);
});

test.each([{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }])(
  "a page with %j may not change anything",
  async (headers) => {
    expect(await ask("/_streamlake/flush", headers as unknown as Record<string, string>, "POST")).toEqual([
      403,
      "local: a page in a browser may not do this; use the command streamlake\n",
    ]);
    expect(seen).toEqual([]);
  },
);
