import { S3ServiceException } from "@aws-sdk/client-s3";
import { onAws } from "../../../cli/target/awsProblem";
import type { DeployedStack } from "../../../cli/target/target";

const stack: DeployedStack = {
  title: 'the stack "prod"',
  outputs: {},
  region: "eu-west-1",
  client: () => ({}),
};

function failing(name: string, message: string): Promise<never> {
  const error = new S3ServiceException({ name, message, $fault: "client", $metadata: {} });
  return onAws({ command: "inspect", stack, needs: "s3:ListBucket" }, () => Promise.reject(error));
}

test.each([
  [
    "ExpiredToken",
    "The provided token has expired.",
    "the AWS credentials have expired (ExpiredToken); log in again, as with: aws sso login",
  ],
  [
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "AWS does not accept the credentials (UnrecognizedClientException); check AWS_PROFILE or AWS_ACCESS_KEY_ID",
  ],
  [
    "AccessDenied",
    "User: arn:aws:iam::1:user/a is not authorized to perform: s3:ListBucket\nmore",
    "AWS denies it: User: arn:aws:iam::1:user/a is not authorized to perform: s3:ListBucket; the command needs s3:ListBucket",
  ],
  [
    "PermanentRedirect",
    "The bucket you are attempting to access must be addressed using the specified endpoint.",
    'the stack "prod" is not in eu-west-1 (PermanentRedirect); set AWS_REGION to its region',
  ],
  [
    "InvalidRequestException",
    "WorkGroup lake is not found.",
    'AWS does not find what the outputs of the stack "prod" name in eu-west-1: WorkGroup lake is not found; deploy it, or set AWS_PROFILE and AWS_REGION to its account and region',
  ],
])("%s is one line with the way out", async (name, message, line) => {
  await expect(failing(name, message)).rejects.toMatchObject({
    name: "CommandError",
    message: `streamlake inspect: ${line}`,
  });
});

test("other errors stay as they are", async () => {
  await expect(failing("SlowDown", "Reduce your request rate.")).rejects.toMatchObject({ name: "SlowDown" });
  const own = onAws({ command: "inspect", stack, needs: "" }, () => Promise.reject(new TypeError("x")));
  await expect(own).rejects.toThrow(TypeError);
});
