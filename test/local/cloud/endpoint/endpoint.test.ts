/** The endpoint: both HTTP versions on one port, refusals with a reason, and whose credentials call. */
import * as http from "node:http";
import { connect } from "node:net";
import { KinesisClient, ListStreamsCommand } from "@aws-sdk/client-kinesis";
import { ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { element } from "../../../../local/cloud/endpoint/xml";
import type { Operation, Service } from "../../../../local/cloud/service";
import { kinesisService } from "../../../../local/services/kinesis/service";
import { type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;
let received: unknown;
const typesOf: Operation<object> = {
  access: () => [],
  run: () => ({ at: new Date(1_500), data: Buffer.from("hi"), none: undefined }),
};
const publish: Operation<object> = {
  access: () => [],
  run: (input) => {
    received = input;
    return {};
  },
};
/** Services of one operation each: one answers over the JSON protocol, the other over the query protocol. */
const scripted: readonly Service[] = [
  { name: "kms", resources: {}, operations: { TypesOf: typesOf } },
  { name: "sns", resources: {}, operations: { Publish: publish } },
];
beforeAll(async () => {
  local = await testCloud(kinesisService, ...scripted.map((service) => () => service));
});
afterAll(() => local.close());

function post(headers: Record<string, string>, body = ""): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(local.url, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on("error", reject).end(body);
  });
}

test("the Kinesis client of the SDK is answered over HTTP/2 without TLS", async () => {
  const client = new KinesisClient(local.clientConfig());
  const answer = await client.send(new ListStreamsCommand({}));
  client.destroy();
  expect(answer.StreamNames).toEqual([]);
});

test("the same call is answered over HTTP/1.1 on the same port", async () => {
  const answer = await post(
    { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.ListStreams" },
    "{}",
  );
  expect(answer).toEqual({ status: 200, body: '{"StreamNames":[],"HasMoreStreams":false,"StreamSummaries":[]}' });
});

test("a request line that arrives byte by byte is still told apart", async () => {
  const { port } = new URL(local.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", async () => {
      for (const character of "PUT / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n") {
        socket.write(character);
        await new Promise((next) => setImmediate(next));
      }
    });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text)).on("error", reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test.each([
  [
    "CBOR",
    { "content-type": "application/x-amz-cbor-1.1", "x-amz-target": "Kinesis_20131202.ListStreams" },
    415,
    "UnsupportedMediaTypeException",
  ],
  [
    "a service that is not there",
    { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.ListRules" },
    400,
    "UnknownOperationException",
  ],
  [
    "an operation that is not there",
    { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.UpdateShardCount" },
    400,
    "UnknownOperationException",
  ],
  [
    "a body that is no JSON",
    { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.ListStreams" },
    400,
    "SerializationException",
  ],
])("%s is refused by name", async (_what, headers, status, code) => {
  const answer = await post(headers, "{");
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).__type).toBe(code);
});

test("a service that is not simulated fails in the SDK with a reason, not a time-out", async () => {
  const client = new SFNClient(local.clientConfig());
  await expect(client.send(new ListStateMachinesCommand({}))).rejects.toThrow(
    "nothing here answers AWSStepFunctions.ListStateMachines",
  );
});

test("a taken port is one clear error", async () => {
  const port = Number(new URL(local.url).port);
  await expect(local.cloud.listen(port)).rejects.toThrow(
    `local: port ${port} of 127.0.0.1 is in use; stop what uses it, or choose another with --port`,
  );
});

test("the endpoint listens on the loopback address", () => {
  expect(local.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test("a service that is registered twice is an error", () => {
  expect(() => local.cloud.register(kinesisService(local.cloud))).toThrow(
    'local: the service "kinesis" is registered twice',
  );
});

test("dates become seconds and bytes base64 in JSON answers", async () => {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.TypesOf" };
  expect(await post(headers, "{}")).toEqual({ status: 200, body: '{"at":1.5,"data":"aGk="}' });
});

test("forms become lists and maps", async () => {
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    authorization: "AWS4-HMAC-SHA256 Credential=mine/20261120/eu-central-1/sns/aws4_request",
  };
  const form =
    "Action=Publish&Version=1&A.member.2=b&A.member.1=a&M.entry.1.key=k&M.entry.1.value=v&P.Q=r&__proto__.x=1";
  expect((await post(headers, form)).status).toBe(200);
  expect(received).toEqual({ A: ["a", "b"], M: { k: "v" }, P: { Q: "r" }, ["__proto__"]: { x: "1" } });
  expect(({} as { x?: string }).x).toBeUndefined();
});

test("XML escapes markup and line ends", () => {
  expect(element("Key", "a<b>&\"'\n\r\u0001")).toBe("<Key>a&lt;b&gt;&amp;&quot;&apos;&#xa;&#xd;&#x1;</Key>");
});
