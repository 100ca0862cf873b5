/** Schemas from Glue as its wire has them: what is asked, what is an answer, and what is tried again. */
import { S3Client } from "@aws-sdk/client-s3";
import { glueSchemas } from "../../../functions/effects/glueSchemas";
import { jsonCalls } from "../../../functions/effects/jsonCalls";
import { type Answer, type ScriptedService, scriptedService } from "../support/scriptedService";

const ID = "0a1b2c3d-0000-4000-8000-000000000001";
const FOUND: Answer = {
  status: 200,
  body: JSON.stringify({ SchemaVersionId: ID, DataFormat: "AVRO", SchemaDefinition: '"long"', Status: "AVAILABLE" }),
};

let service: ScriptedService;
let waits: number[];
let client: S3Client;
const before = { ...process.env };

beforeEach(async () => {
  waits = [];
  service = await scriptedService();
  process.env.AWS_ENDPOINT_URL_GLUE = service.url;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
  client = new S3Client({ region: "eu-west-1", credentials });
});

afterEach(async () => {
  process.env = { ...before };
  client.destroy();
  await service.stop();
});

function lookup(id = ID, registry: "glue" | "confluent" = "glue") {
  const sleep = async (millis: number) => void waits.push(millis);
  return glueSchemas(jsonCalls("glue", { client, sleep, requestTimeoutMillis: 200 }))({ registry, id });
}

const refusal = (status: number, type: string): Answer => ({
  status,
  body: JSON.stringify({ __type: type, Message: "no" }),
});

test("a version is asked for by its id, in a request signed for Glue", async () => {
  service.answers = [FOUND];
  expect(await lookup()).toEqual({ format: "avro", text: '"long"' });
  expect(service.requests).toHaveLength(1);
  const [{ url, headers, body } = { url: "", headers: {}, body: "" }] = service.requests;
  expect([url, JSON.parse(body)]).toEqual(["/", { SchemaVersionId: ID }]);
  expect(headers).toMatchObject({
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AWSGlue.GetSchemaVersion",
    "x-amz-security-token": "token",
  });
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/glue\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
  );
});

test("without an endpoint of its own it asks the region's, by TLS", async () => {
  delete process.env.AWS_ENDPOINT_URL_GLUE;
  const asked = jest.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(FOUND.body));
  await lookup();
  client = new S3Client({ region: "cn-north-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  await lookup();
  client = new S3Client({
    region: "us-gov-west-1",
    useFipsEndpoint: true,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  await lookup();
  expect(asked.mock.calls.map(([url]) => String(url))).toEqual([
    "https://glue.eu-west-1.amazonaws.com/",
    "https://glue.cn-north-1.amazonaws.com.cn/",
    "https://glue-fips.us-gov-west-1.amazonaws.com/",
  ]);
  asked.mockRestore();
});

test.each<[string, Answer]>([
  ["an id that Glue does not know", refusal(400, "EntityNotFoundException")],
  ["an id that is none", refusal(400, "com.amazonaws.glue#InvalidInputException:http://internal.amazon.com/")],
  ["a format that is none of ours", { status: 200, body: '{"DataFormat":"THRIFT","SchemaDefinition":"a"}' }],
  ["a version without a definition", { status: 200, body: '{"DataFormat":"AVRO"}' }],
  [
    "the code in a header",
    { status: 400, body: "{}", headers: { "x-amzn-errortype": "EntityNotFoundException:http://internal.amazon.com/" } },
  ],
])("there is no schema for %s, and one request says so", async (_, answer) => {
  service.answers = [answer];
  expect(await lookup()).toBeUndefined();
  expect(service.requests).toHaveLength(1);
});

test("an id of another registry is not asked for", async () => {
  expect(await lookup("7", "confluent")).toBeUndefined();
  expect(service.requests).toEqual([]);
});

test("what may pass is tried again, with longer waits", async () => {
  service.answers = [refusal(400, "ThrottlingException"), { status: 503, body: "<html>" }, undefined, FOUND];
  expect(await lookup()).toEqual({ format: "avro", text: '"long"' });
  expect(waits).toEqual([100, 200, 400]);
});

test("what stays is a LookupError, so that the batch is delivered again", async () => {
  service.answers = [500, 500, 500, 500].map((status) => refusal(status, "InternalServiceException"));
  await expect(lookup()).rejects.toMatchObject({
    name: "LookupError",
    message: `Glue could not be asked for the schema version ${ID}`,
    cause: { name: "InternalServiceException", status: 500 },
  });
  expect(service.requests).toHaveLength(4);
});

test("a denied request is a LookupError at once", async () => {
  service.answers = [refusal(400, "AccessDeniedException")];
  await expect(lookup()).rejects.toMatchObject({ name: "LookupError", cause: { name: "AccessDeniedException" } });
  expect(service.requests).toHaveLength(1);
});
