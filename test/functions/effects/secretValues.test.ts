/** Reading secrets as the wire of Secrets Manager and Systems Manager has it. */
import { S3Client } from "@aws-sdk/client-s3";
import { jsonCalls } from "../../../functions/effects/jsonCalls";
import { readSecrets } from "../../../functions/effects/secretValues";
import { type Answer, type ScriptedService, scriptedService } from "../support/scriptedService";

const SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:salt-a1B2c3";
const PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/salt";

let service: ScriptedService;
let client: S3Client;
const before = { ...process.env };

beforeEach(async () => {
  service = await scriptedService();
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = service.url;
  process.env.AWS_ENDPOINT_URL_SSM = service.url;
  client = new S3Client({
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  });
});

afterEach(async () => {
  process.env = { ...before };
  client.destroy();
  await service.stop();
});

function read(arn: string): Promise<string> {
  const options = { client, sleep: async () => undefined, requestTimeoutMillis: 200 };
  const services = { secretsManager: jsonCalls("secretsManager", options), ssm: jsonCalls("ssm", options) };
  return readSecrets(() => services)(arn);
}

const answer = (body: object): Answer => ({ status: 200, body: JSON.stringify(body) });

test("a secret is the string of its current version", async () => {
  service.answers = [answer({ ARN: SECRET, Name: "salt", SecretString: "pepper", VersionStages: ["AWSCURRENT"] })];
  expect(await read(SECRET)).toBe("pepper");
  const { headers, body } = service.requests[0] as ScriptedService["requests"][number];
  expect(JSON.parse(body)).toEqual({ SecretId: SECRET });
  expect(headers["x-amz-target"]).toBe("secretsmanager.GetSecretValue");
  expect(headers["content-type"]).toBe("application/x-amz-json-1.1");
  expect(headers.authorization).toMatch(/\/eu-west-1\/secretsmanager\/aws4_request, /);
});

test("a parameter is asked for by its ARN, decrypted", async () => {
  service.answers = [
    answer({ Parameter: { Name: "/shop/salt", Type: "SecureString", Value: "pepper", ARN: PARAMETER } }),
  ];
  expect(await read(PARAMETER)).toBe("pepper");
  const { headers, body } = service.requests[0] as ScriptedService["requests"][number];
  expect(JSON.parse(body)).toEqual({ Name: PARAMETER, WithDecryption: true });
  expect(headers["x-amz-target"]).toBe("AmazonSSM.GetParameter");
  expect(headers.authorization).toMatch(/\/eu-west-1\/ssm\/aws4_request, /);
});

test("secrets are asked for in the Region of their ARN, whatever the function's", async () => {
  const variables = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  Object.assign(process.env, variables);
  service.answers = [
    answer({ SecretString: "a" }),
    answer({ Parameter: { Value: "b" } }),
    answer({ SecretString: "c" }),
  ];
  const ask = readSecrets();
  const elsewhere = SECRET.replace("eu-west-1", "ap-south-1");
  expect([await ask(SECRET), await ask(PARAMETER), await ask(elsewhere)]).toEqual(["a", "b", "c"]);
  expect(
    service.requests.map(({ headers }) => /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? "")?.[1]),
  ).toEqual([
    "eu-west-1/secretsmanager/aws4_request",
    "eu-west-1/ssm/aws4_request",
    "ap-south-1/secretsmanager/aws4_request",
  ]);
});

test("a binary secret is refused", async () => {
  service.answers = [answer({ ARN: SECRET, SecretBinary: "cGVwcGVy" })];
  await expect(read(SECRET)).rejects.toThrow("it has no string; binary secrets are not supported");
});

test("a refusal is an error with the service's code, at once", async () => {
  service.answers = [
    { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", Message: "Access to KMS is not allowed" }) },
  ];
  await expect(read(SECRET)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: "Access to KMS is not allowed",
  });
  expect(service.requests).toHaveLength(1);
});

test("without endpoints of their own the Region's are asked, by TLS, those with FIPS where they are", async () => {
  delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
  delete process.env.AWS_ENDPOINT_URL_SSM;
  const body = JSON.stringify({ SecretString: "a", Parameter: { Value: "b" } });
  const asked = jest.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(body));
  for (const region of ["eu-west-1", "us-gov-west-1"]) {
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    client = new S3Client({ region, useFipsEndpoint: region.startsWith("us-gov"), credentials });
    await read(SECRET);
    await read(PARAMETER);
  }
  expect(asked.mock.calls.map(([url]) => String(url))).toEqual([
    "https://secretsmanager.eu-west-1.amazonaws.com/",
    "https://ssm.eu-west-1.amazonaws.com/",
    "https://secretsmanager-fips.us-gov-west-1.amazonaws.com/",
    "https://ssm.us-gov-west-1.amazonaws.com/",
  ]);
  asked.mockRestore();
});
