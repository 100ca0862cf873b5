/** Publishing as SNS's wire has it: what is sent, what is an answer, and what is tried again. */
import { S3Client } from "@aws-sdk/client-s3";
import { snsTopic } from "../../../functions/effects/topic";
import { type Answer, type ScriptedService, scriptedService } from "../support/scriptedService";

const ARN = "arn:aws:sns:eu-west-1:123456789012:alerts";
const ID = "0a1b2c3d-0000-4000-8000-000000000001";
const SENT: Answer = {
  status: 200,
  body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${ID}</MessageId></PublishResult></PublishResponse>`,
};

let service: ScriptedService;
let waits: number[];
let client: S3Client;
const before = { ...process.env };

beforeEach(async () => {
  waits = [];
  service = await scriptedService();
  process.env.AWS_ENDPOINT_URL_SNS = service.url;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  client = new S3Client({ region: "eu-west-1", credentials });
});

afterEach(async () => {
  process.env = { ...before };
  client.destroy();
  await service.stop();
});

function publish(): Promise<string> {
  const sleep = async (millis: number) => void waits.push(millis);
  const topic = snsTopic(ARN, { client, sleep, requestTimeoutMillis: 200 });
  return topic.publish({ subject: "Alert: large-order", body: '{"text":"5 > 4 & Zürich+1"}\n' });
}

const refusal = (status: number, code: string): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
});

test("a message is a form that is signed for SNS, and its id is the answer", async () => {
  service.answers = [SENT];
  expect(await publish()).toBe(ID);
  const [{ url, headers, body } = { url: "", headers: {}, body: "" }] = service.requests;
  expect(url).toBe("/");
  expect(body).toBe(
    "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aalerts&Subject=Alert%3A%20large-order&Message=%7B%22text%22%3A%225%20%3E%204%20%26%20Z%C3%BCrich%2B1%22%7D%0A",
  );
  expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sns\/aws4_request, /,
  );
});

test("a message is sent to the Region of the topic's ARN, whatever the function's", async () => {
  const variables = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  Object.assign(process.env, variables);
  service.answers = [SENT];
  expect(await snsTopic(ARN).publish({ subject: "s", body: "b" })).toBe(ID);
  expect(service.requests[0]?.headers.authorization).toContain("/eu-west-1/sns/aws4_request, ");
});

test("without an endpoint of its own it asks the region's, by TLS", async () => {
  delete process.env.AWS_ENDPOINT_URL_SNS;
  const asked = jest.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(SENT.body));
  await publish();
  for (const region of ["us-west-2", "us-gov-west-1"]) {
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    client = new S3Client({ region, useFipsEndpoint: true, credentials });
    await publish();
  }
  expect(asked.mock.calls.map(([url]) => String(url))).toEqual([
    "https://sns.eu-west-1.amazonaws.com/",
    "https://sns-fips.us-west-2.amazonaws.com/",
    "https://sns.us-gov-west-1.amazonaws.com/",
  ]);
  asked.mockRestore();
});

test("what may pass is tried again, with longer waits", async () => {
  service.answers = [refusal(429, "Throttled"), { status: 503, body: "busy" }, undefined, SENT];
  expect(await publish()).toBe(ID);
  expect(waits).toEqual([100, 200, 400]);
});

test("what stays after four tries is an error, and what is denied is one at once", async () => {
  service.answers = [500, 500, 500, 500].map((status) => refusal(status, "InternalError"));
  await expect(publish()).rejects.toMatchObject({ name: "InternalError", status: 500, message: "no" });
  expect(service.requests).toHaveLength(4);
  service.answers = [refusal(403, "AuthorizationError")];
  await expect(publish()).rejects.toMatchObject({ name: "AuthorizationError", status: 403 });
  expect(service.requests).toHaveLength(5);
});

test("an answer without an id is none", async () => {
  service.answers = [{ status: 200, body: "<PublishResponse/>" }];
  await expect(publish()).rejects.toThrow("SNS answered without a MessageId");
});
