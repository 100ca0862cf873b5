/** STS tells who the caller is, by the credentials of the request. */
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { type TestCloud, testCloud } from "../../support/testCloud";

let local: TestCloud;
beforeAll(async () => {
  local = await testCloud();
});
afterAll(() => local.close());

test("unknown credentials are the caller's own", async () => {
  const client = new STSClient({ ...local.clientConfig(), credentials: { accessKeyId: "mine", secretAccessKey: "x" } });
  const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
  expect({ Account, Arn }).toEqual({ Account: "123456789012", Arn: "arn:aws:iam::123456789012:root" });
});

test("a role's credentials are the role's", async () => {
  const role = await local.role("router", [
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*" },
  ]);
  const { Arn } = await new STSClient(local.clientConfig(role)).send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe("arn:aws:sts::123456789012:assumed-role/router/local");
});

test("an operation that is not simulated is refused by name", async () => {
  const call = new STSClient(local.clientConfig()).send(new GetSessionTokenCommand({}));
  await expect(call).rejects.toThrow("local/sts: the operation GetSessionToken is not simulated; see docs/fidelity.md");
});
