/** Turns the errors of AWS's services into one line with the way out. */
import { CommandError } from "../errors";
import type { DeployedStack } from "./target";

export interface AwsWork {
  readonly command: string;
  readonly stack: DeployedStack;
  /** The permissions that the command needs: `s3:ListBucket and s3:GetObject on the lake's bucket`. */
  readonly needs: string;
}

/** Codes are those of the services' API references, "Common error types" and "Error responses" (S3). */
const EXPIRED = /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|RequestExpired)$/;
const UNKNOWN_KEY =
  /^(InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException)$/;
const DENIED = /^(AccessDenied|AccessDeniedException|AuthorizationError|NotAuthorized|Forbidden)$/;
const ELSEWHERE = /^(PermanentRedirect|AuthorizationHeaderMalformed)$/;
const GONE = /^(NoSuchBucket|ResourceNotFoundException|StateMachineDoesNotExist)$/;

/** Does the work; an error of a service becomes a `CommandError`. Other errors stay. */
export async function onAws<T>(work: AwsWork, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const problem = problemOf(work, error);
    throw problem === undefined ? error : new CommandError(`streamlake ${work.command}: ${problem}`, { cause: error });
  }
}

function problemOf({ stack, needs }: AwsWork, error: unknown): string | undefined {
  if (!(error instanceof Error) || !("$metadata" in error)) return undefined;
  const { name, message } = error;
  const line = message.split("\n", 1)[0]?.replace(/\.$/, "");
  const region = stack.region ?? "the region of the environment";
  if (EXPIRED.test(name)) return `the AWS credentials have expired (${name}); log in again, as with: aws sso login`;
  if (UNKNOWN_KEY.test(name))
    return `AWS does not accept the credentials (${name}); check AWS_PROFILE or AWS_ACCESS_KEY_ID`;
  if (DENIED.test(name)) return `AWS denies it: ${line}; the command needs ${needs}`;
  if (ELSEWHERE.test(name)) return `${stack.title} is not in ${region} (${name}); set AWS_REGION to its region`;
  const isMissing =
    GONE.test(name) ||
    (name === "InvalidRequestException" && /not found/i.test(message)) ||
    (name === "ValidationException" && /endpoint doesn't exist/i.test(message));
  if (isMissing) {
    return `AWS does not find what the outputs of ${stack.title} name in ${region}: ${line}; deploy it, or set AWS_PROFILE and AWS_REGION to its account and region`;
  }
  return undefined;
}
