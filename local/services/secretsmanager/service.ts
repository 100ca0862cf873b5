/** Secrets Manager: declared secrets and their versions, in memory only. */
import { checkedKeyId, keyAccess } from "../../cloud/keyAccess";
import { physicalName } from "../../cloud/physicalName";
import { uuid } from "../../cloud/random";
import {
  type Access,
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";

interface Version {
  readonly id: string;
  readonly value: { readonly SecretString: string } | { readonly SecretBinary: Buffer };
  readonly createdMillis: number;
  stages: string[];
}

interface Secret {
  readonly arn: string;
  readonly name: string;
  keyId: string | undefined;
  versions: Version[];
  isDeleted: boolean;
}

interface GetInput {
  readonly SecretId: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

interface PutInput {
  readonly SecretId: string;
  readonly SecretString?: string;
  /** The version's id; SDKs fill it in. */
  readonly ClientRequestToken?: string;
  readonly VersionStages?: readonly string[];
}

/** API reference of CreateSecret and PutSecretValue. */
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const MAX_VALUE_BYTES = 65_536;
const SUFFIX_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export interface SecretsManagerService extends Service {
  readonly name: "secretsmanager";
  /** Creates the secret of another service, `redshift!…`; returns its ARN. */
  createManaged(name: string, value: string, keyId: string | undefined): string;
  removeManaged(arn: string): void;
}

export function secretsManagerService(cloud: CloudContext): SecretsManagerService {
  const secrets = new Map<string, Secret>();
  const arnPrefix = `arn:aws:secretsmanager:${cloud.region}:${cloud.accountId}:secret:`;

  function find(id: string): Secret | undefined {
    return secrets.get(id) ?? [...secrets.values()].find(({ name }) => name === id);
  }

  function secretOf(id: string): Secret {
    const secret = find(id);
    if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
    if (!secret.isDeleted) return secret;
    throw new ServiceError(
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  /** https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
  function access(id: string, action: string, keyAction: "kms:Decrypt" | "kms:GenerateDataKey"): Access[] {
    const secret = find(id);
    // Without permission the answer for an unknown secret is "access denied", too.
    const arn = secret?.arn ?? (id.startsWith("arn:") ? id : `${arnPrefix}${id}-??????`);
    const encryptionContext = { SecretARN: arn };
    const use = { service: "secretsmanager", keyId: secret?.keyId, action: keyAction, encryptionContext };
    return [{ action, resource: arn }, ...keyAccess(cloud, use)];
  }

  /** The new version is current, and the former current one previous. */
  function addVersion(secret: Secret, value: Version["value"], id = uuid(cloud.random)): Version {
    for (const version of secret.versions) {
      version.stages = version.stages.includes("AWSCURRENT") ? ["AWSPREVIOUS"] : [];
    }
    const version = { id, value, createdMillis: cloud.clock.now(), stages: ["AWSCURRENT"] };
    secret.versions.push(version);
    return version;
  }

  const getSecretValue: Operation<GetInput> = {
    access: ({ SecretId }) => access(SecretId, "secretsmanager:GetSecretValue", "kms:Decrypt"),
    run({ SecretId, VersionId, VersionStage = VersionId === undefined ? "AWSCURRENT" : undefined }) {
      const { arn, name, versions } = secretOf(SecretId);
      const found = versions.find(
        ({ id, stages }) =>
          (VersionId === undefined || id === VersionId) &&
          (VersionStage === undefined || stages.includes(VersionStage)),
      );
      if (!found) {
        const label = VersionStage === undefined ? `VersionId: ${VersionId}` : `staging label: ${VersionStage}`;
        throw notFound(`Secrets Manager can't find the specified secret value for ${label}`);
      }
      const { id, value, createdMillis, stages } = found;
      return {
        ARN: arn,
        Name: name,
        VersionId: id,
        ...value,
        VersionStages: stages,
        CreatedDate: new Date(createdMillis),
      };
    },
  };

  const putSecretValue: Operation<PutInput> = {
    access: ({ SecretId }) => access(SecretId, "secretsmanager:PutSecretValue", "kms:GenerateDataKey"),
    run({ SecretId, SecretString, ClientRequestToken, VersionStages }) {
      const secret = secretOf(SecretId);
      if (SecretString === undefined || VersionStages !== undefined) {
        throw new ServiceError(
          "InvalidParameterException",
          "local/secretsmanager: PutSecretValue is simulated with SecretString alone; see docs/fidelity.md",
        );
      }
      const { id, stages } = addVersion(secret, { SecretString: checkedValue(SecretString) }, ClientRequestToken);
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
    },
  };

  async function createSecret(resource: DeclaredResource) {
    const name = physicalName(resource);
    if (!NAME.test(name)) throw new Error(`the name "${name}" is not one; use letters, digits and /_+=.@-`);
    const { arn } = addSecret(name, keyIdOf(resource));
    return { id: arn, outputs: { arn, name } };
  }

  function addSecret(name: string, keyId: string | undefined): Secret {
    const taken = find(name);
    if (taken)
      throw new Error(`a secret "${name}" ${taken.isDeleted ? "is scheduled for deletion" : "already exists"}`);
    const suffix = Array.from({ length: 6 }, () => SUFFIX_CHARACTERS[Math.floor(cloud.random() * 62)]).join("");
    const arn = `${arnPrefix}${name}-${suffix}`;
    const secret: Secret = { arn, name, keyId, versions: [], isDeleted: false };
    secrets.set(arn, secret);
    return secret;
  }

  async function updateSecret(arn: string, resource: DeclaredResource) {
    const secret = secretOf(arn);
    secret.keyId = keyIdOf(resource);
    return { outputs: { arn, name: secret.name } };
  }

  /** The provider's default is 30 days, in which the name stays taken; with 0 days the secret is deleted at once. */
  async function deleteSecret(arn: string, { inputs }: DeclaredResource) {
    if (inputs.recoveryWindowInDays === 0) secrets.delete(arn);
    else secretOf(arn).isDeleted = true;
  }

  async function createVersion({ inputs }: DeclaredResource) {
    const secret = secretOf(String(inputs.secretId));
    const { secretString, secretBinary } = inputs;
    const version = addVersion(
      secret,
      typeof secretBinary === "string"
        ? { SecretBinary: Buffer.from(secretBinary, "base64") }
        : { SecretString: checkedValue(String(secretString ?? "")) },
    );
    const outputs = { arn: secret.arn, versionId: version.id, versionStages: version.stages };
    return { id: `${secret.arn}|${version.id}`, outputs };
  }

  /** The provider keeps the current version: a secret cannot lose its label AWSCURRENT. */
  async function deleteVersion(id: string) {
    const [arn = "", versionId] = id.split("|");
    const secret = secrets.get(arn);
    if (!secret) return;
    secret.versions = secret.versions.filter(
      (version) => version.id !== versionId || version.stages[0] === "AWSCURRENT",
    );
  }

  return {
    name: "secretsmanager",
    createManaged(name, value, keyId) {
      const secret = addSecret(name, keyId);
      addVersion(secret, { SecretString: value });
      return secret.arn;
    },
    removeManaged: (arn) => void secrets.delete(arn),
    resources: {
      "aws:secretsmanager/secret:Secret": {
        simulated: ["name", "namePrefix", "kmsKeyId", "recoveryWindowInDays"],
        withoutEffect: ["description", "tags"],
        replaceOn: ["name", "namePrefix"],
        create: createSecret,
        update: updateSecret,
        delete: deleteSecret,
      },
      "aws:secretsmanager/secretVersion:SecretVersion": {
        simulated: ["secretId", "secretString", "secretBinary"],
        replaceOn: ["secretId", "secretString", "secretBinary"],
        create: createVersion,
        delete: deleteVersion,
      },
    },
    operations: { GetSecretValue: getSecretValue, PutSecretValue: putSecretValue },
  };
}

function keyIdOf({ inputs }: DeclaredResource): string | undefined {
  return checkedKeyId("kmsKeyId", inputs.kmsKeyId);
}

function checkedValue(value: string): string {
  const bytes = Buffer.byteLength(value);
  if (bytes >= 1 && bytes <= MAX_VALUE_BYTES) return value;
  throw new ServiceError(
    "InvalidParameterException",
    `the value has ${bytes} bytes; a secret has 1 to ${MAX_VALUE_BYTES}`,
  );
}

function notFound(message: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", message);
}
