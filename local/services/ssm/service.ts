/** Systems Manager: declared parameters of Parameter Store, in memory only. */
import { checkedKeyId, keyAccess } from "../../cloud/keyAccess";
import { physicalName } from "../../cloud/physicalName";
import {
  type Access,
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";

interface Parameter {
  readonly arn: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly keyId: string | undefined;
  readonly version: number;
  readonly modifiedMillis: number;
}

interface GetInput {
  readonly Name: string;
  readonly WithDecryption?: boolean;
}

interface PutInput {
  readonly Name: string;
  readonly Value: string;
  readonly Overwrite?: boolean;
}

const TYPES = ["String", "StringList", "SecureString"];
/** Of parameters in the advanced tier; the standard tier has 4 KB (API reference of PutParameter). */
const MAX_VALUE_BYTES = 8192;

export function ssmService(cloud: CloudContext): Service {
  const parameters = new Map<string, Parameter>();

  /** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
  function arnOf(name: string): string {
    return `arn:aws:ssm:${cloud.region}:${cloud.accountId}:parameter/${name.replace(/^\//, "")}`;
  }

  /** By name or ARN; the name of a hierarchy begins with `/`, its ARN has one slash there. */
  function find(nameOrArn: string): Parameter | undefined {
    const arn = nameOrArn.startsWith("arn:") ? nameOrArn : arnOf(nameOrArn);
    return parameters.get(arn);
  }

  function parameterOf(nameOrArn: string): Parameter {
    if (nameOrArn.split(":").length === (nameOrArn.startsWith("arn:") ? 7 : 2)) {
      throw new ServiceError(
        "ValidationException",
        `local/ssm: labels and versions in names are not simulated; see docs/fidelity.md`,
      );
    }
    const parameter = find(nameOrArn);
    if (parameter) return parameter;
    throw new ServiceError("ParameterNotFound", "");
  }

  /** https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html */
  function access(nameOrArn: string, action: string, keyAction?: "kms:Decrypt" | "kms:Encrypt"): Access[] {
    const parameter = find(nameOrArn);
    const arn = parameter?.arn ?? (nameOrArn.startsWith("arn:") ? nameOrArn : arnOf(nameOrArn));
    const resource = { action, resource: arn };
    if (parameter?.type !== "SecureString" || keyAction === undefined) return [resource];
    const encryptionContext = { PARAMETER_ARN: arn };
    return [
      resource,
      ...keyAccess(cloud, { service: "ssm", keyId: parameter.keyId, action: keyAction, encryptionContext }),
    ];
  }

  const getParameter: Operation<GetInput> = {
    access: ({ Name, WithDecryption }) => access(Name, "ssm:GetParameter", WithDecryption ? "kms:Decrypt" : undefined),
    run({ Name, WithDecryption = false }) {
      const { arn, name, type, value, version, modifiedMillis } = parameterOf(Name);
      if (type === "SecureString" && !WithDecryption) {
        throw new ServiceError(
          "ValidationException",
          "local/ssm: the encrypted value of a SecureString is not simulated; set WithDecryption, see docs/fidelity.md",
        );
      }
      const LastModifiedDate = new Date(modifiedMillis);
      return {
        Parameter: {
          Name: name,
          Type: type,
          Value: value,
          Version: version,
          LastModifiedDate,
          ARN: arn,
          DataType: "text",
        },
      };
    },
  };

  const putParameter: Operation<PutInput> = {
    // The standard tier calls Encrypt; the advanced tier, which is not simulated, GenerateDataKey.
    access: ({ Name }) => access(Name, "ssm:PutParameter", "kms:Encrypt"),
    run({ Name, Value, Overwrite = false }) {
      const parameter = parameterOf(Name);
      if (!Overwrite) {
        throw new ServiceError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      }
      const { version } = keep({ ...parameter, value: checkedValue(Value), version: parameter.version + 1 });
      return { Version: version, Tier: "Standard" };
    },
  };

  function keep(parameter: Omit<Parameter, "modifiedMillis">): Parameter {
    const kept = { ...parameter, modifiedMillis: cloud.clock.now() };
    parameters.set(kept.arn, kept);
    return kept;
  }

  async function create(resource: DeclaredResource) {
    const name = physicalName(resource);
    if (!/^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/.test(name)) {
      throw new Error(`the name "${name}" is not one; use letters, digits and "_.-", with "/" between levels`);
    }
    const arn = arnOf(name);
    if (parameters.has(arn)) throw new Error(`a parameter "${name}" already exists`);
    keep({ arn, name, ...declaredOf(resource), version: 1 });
    return { id: name, outputs: { arn, name, version: 1 } };
  }

  async function update(name: string, resource: DeclaredResource) {
    const former = parameterOf(name);
    const { arn, version } = keep({ ...former, ...declaredOf(resource), version: former.version + 1 });
    return { outputs: { arn, name, version } };
  }

  return {
    name: "ssm",
    resources: {
      "aws:ssm/parameter:Parameter": {
        simulated: ["name", "type", "value", "insecureValue", "keyId"],
        withoutEffect: ["description", "tags", "tier"],
        replaceOn: ["name"],
        create,
        update,
        delete: async (name) => {
          parameters.delete(arnOf(name));
        },
      },
    },
    operations: { GetParameter: getParameter, PutParameter: putParameter },
  };
}

function declaredOf({ inputs }: DeclaredResource): Pick<Parameter, "type" | "value" | "keyId"> {
  const type = String(inputs.type);
  if (!TYPES.includes(type)) throw new Error(`type is "${type}"; use one of ${TYPES.join(", ")}`);
  return {
    type,
    value: checkedValue(String(inputs.value ?? inputs.insecureValue ?? "")),
    keyId: checkedKeyId("keyId", inputs.keyId),
  };
}

function checkedValue(value: string): string {
  const bytes = Buffer.byteLength(value);
  if (bytes >= 1 && bytes <= MAX_VALUE_BYTES) return value;
  throw new ServiceError(
    "ValidationException",
    `the value has ${bytes} bytes; a parameter has 1 to ${MAX_VALUE_BYTES}`,
  );
}
