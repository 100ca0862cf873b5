/** Reads the values of secrets from Secrets Manager and Parameter Store. */
import { type JsonCall, jsonCalls } from "./jsonCalls";

/** @throws when the value cannot be read, or is not a string */
export type ReadSecret = (arn: string) => Promise<string>;

export interface SecretServices {
  readonly secretsManager: JsonCall;
  readonly ssm: JsonCall;
}

/** @param servicesIn the services in a Region; defaults to those of the environment. A secret is in the Region of its ARN. */
export function readSecrets(servicesIn: (region: string) => SecretServices = environmentServices()): ReadSecret {
  return async (arn) => {
    const [, , service, region = ""] = arn.split(":");
    const services = servicesIn(region);
    const value = service === "ssm" ? await parameter(services.ssm, arn) : await secret(services, arn);
    if (typeof value !== "string") throw new Error("it has no string; binary secrets are not supported");
    return value;
  };
}

/** The version with the label AWSCURRENT: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
async function secret({ secretsManager }: SecretServices, arn: string): Promise<unknown> {
  const answer = (await secretsManager("GetSecretValue", { SecretId: arn })) as { SecretString?: unknown };
  return answer.SecretString;
}

/** A parameter's ARN is also its name: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html */
async function parameter(ssm: JsonCall, arn: string): Promise<unknown> {
  const answer = (await ssm("GetParameter", { Name: arn, WithDecryption: true })) as {
    Parameter?: { Value?: unknown };
  };
  return answer.Parameter?.Value;
}

function environmentServices(): (region: string) => SecretServices {
  const byRegion: Record<string, SecretServices> = {};
  return (region) => {
    byRegion[region] ??= { secretsManager: jsonCalls("secretsManager", { region }), ssm: jsonCalls("ssm", { region }) };
    return byRegion[region];
  };
}
