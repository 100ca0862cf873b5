/** Redshift Serverless: declared namespaces and workgroups, and the credentials of their database. */
import { rmSync } from "node:fs";
import path from "node:path";
import { CALLER, type Principal } from "../../cloud/iam/principal";
import { checkedKeyId } from "../../cloud/keyAccess";
import { physicalName } from "../../cloud/physicalName";
import { randomHex, uuid } from "../../cloud/random";
import {
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";
import type { SecretsManagerService } from "../secretsmanager/service";
import { checkBaseCapacity, checkName, checkParameters, checkPassword, checkPort, checkSubnets } from "./checks";

export interface Namespace {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly adminUser: string;
  readonly database: string;
  /** The database's file, which outlives the process. */
  readonly file: string;
  /** The roles that COPY may name. */
  roles: readonly string[];
  defaultRole: string | undefined;
  adminSecretArn: string | undefined;
  /** Declared by the program. */
  adminPassword: string | undefined;
}

export interface Workgroup {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly namespace: Namespace;
}

export interface RedshiftServerlessService extends Service {
  readonly name: "redshift-serverless";
  /** By name or ARN; undefined for an unknown one. */
  workgroup(nameOrArn: string): Workgroup | undefined;
  /** The database user that an IAM principal is. */
  userOf(principal: Principal): string;
  /** True for the name and the password of the namespace's administrator. */
  isAdmin(namespace: Namespace, user: string, password: string): Promise<boolean>;
}

interface OfWorkgroup {
  readonly workgroupName: string;
  readonly dbName?: string;
  readonly durationSeconds?: number;
}

/** DuckDB names the catalog after it: no schema of a program has this name. */
export const DATABASE_FILE = "redshift_database.duckdb";
const DEFAULT_DATABASE = "dev";
const DEFAULT_PORT = 5439;

export function redshiftServerlessService(cloud: CloudContext): RedshiftServerlessService {
  const namespaces = new Map<string, Namespace>();
  const workgroups = new Map<string, Workgroup>();
  const arnOf = (kind: string, id: string) =>
    `arn:aws:redshift-serverless:${cloud.region}:${cloud.accountId}:${kind}/${id}`;
  const secrets = () => cloud.service("secretsmanager") as SecretsManagerService;

  function workgroup(nameOrArn: string): Workgroup | undefined {
    return workgroups.get(nameOrArn) ?? [...workgroups.values()].find(({ arn }) => arn === nameOrArn);
  }

  function userOf(principal: Principal): string {
    return principal.kind === "role" ? `IAMR:${principal.arn.split("/").at(-1)}` : "IAM:caller";
  }

  const ofWorkgroup = (action: string) => (input: OfWorkgroup) => [
    { action, resource: workgroup(input.workgroupName)?.arn ?? arnOf("workgroup", "*") },
  ];

  function known(name: string): Workgroup {
    const found = workgroup(name);
    if (found) return found;
    throw new ServiceError("ResourceNotFoundException", `Workgroup ${name} is not found.`, 404);
  }

  const getCredentials: Operation<OfWorkgroup> = {
    access: ofWorkgroup("redshift-serverless:GetCredentials"),
    run({ workgroupName, durationSeconds = 900 }, { principal }) {
      known(workgroupName);
      const expiresMillis = cloud.clock.now() + durationSeconds * 1000;
      return {
        dbUser: userOf(principal),
        dbPassword: randomHex(cloud.random, 32),
        expiration: new Date(expiresMillis),
        nextRefreshTime: new Date(expiresMillis),
      };
    },
  };

  const getWorkgroup: Operation<OfWorkgroup> = {
    access: ofWorkgroup("redshift-serverless:GetWorkgroup"),
    run({ workgroupName }) {
      const { name, id, arn, namespace } = known(workgroupName);
      return {
        workgroup: {
          workgroupName: name,
          workgroupId: id,
          workgroupArn: arn,
          namespaceName: namespace.name,
          status: "AVAILABLE",
        },
      };
    },
  };

  const getNamespace: Operation<{ readonly namespaceName: string }> = {
    access: ({ namespaceName }) => [
      {
        action: "redshift-serverless:GetNamespace",
        resource: namespaces.get(namespaceName)?.arn ?? arnOf("namespace", "*"),
      },
    ],
    run({ namespaceName }) {
      const found = namespaces.get(namespaceName);
      if (!found) {
        throw new ServiceError("ResourceNotFoundException", `Namespace ${namespaceName} is not found.`, 404);
      }
      return {
        namespace: {
          namespaceName: found.name,
          namespaceId: found.id,
          namespaceArn: found.arn,
          adminUsername: found.adminUser,
          adminPasswordSecretArn: found.adminSecretArn,
          dbName: found.database,
          defaultIamRoleArn: found.defaultRole,
          iamRoles: found.roles,
          status: "AVAILABLE",
        },
      };
    },
  };

  function rolesOf({ inputs }: DeclaredResource): Pick<Namespace, "roles" | "defaultRole"> {
    const roles = ((inputs.iamRoles ?? []) as unknown[]).map(String);
    const defaultRole = inputs.defaultIamRoleArn === undefined ? undefined : String(inputs.defaultIamRoleArn);
    if (defaultRole === undefined || roles.includes(defaultRole)) return { roles, defaultRole };
    throw new Error(`defaultIamRoleArn "${defaultRole}" must be one of iamRoles`);
  }

  function setPassword(namespace: Namespace, { inputs }: DeclaredResource): void {
    const { manageAdminPassword, adminUserPassword } = inputs;
    if (manageAdminPassword === true && adminUserPassword !== undefined) {
      throw new Error("adminUserPassword cannot be set with manageAdminPassword");
    }
    if (adminUserPassword !== undefined) checkPassword(String(adminUserPassword));
    namespace.adminPassword = adminUserPassword === undefined ? undefined : String(adminUserPassword);
    if (manageAdminPassword !== true) {
      if (namespace.adminSecretArn !== undefined) secrets().removeManaged(namespace.adminSecretArn);
      namespace.adminSecretArn = undefined;
      return;
    }
    if (namespace.adminSecretArn !== undefined) return;
    const keyId = checkedKeyId("adminPasswordSecretKmsKeyId", inputs.adminPasswordSecretKmsKeyId);
    const value = JSON.stringify({ username: namespace.adminUser, password: `Aa1${randomHex(cloud.random, 29)}` });
    namespace.adminSecretArn = secrets().createManaged(
      `redshift!${namespace.name}-${namespace.adminUser}`,
      value,
      keyId,
    );
  }

  function namespaceOutputs({ name, id, arn, adminSecretArn, adminUser, database }: Namespace) {
    return {
      arn,
      namespaceId: id,
      namespaceName: name,
      adminUsername: adminUser,
      dbName: database,
      adminPasswordSecretArn: adminSecretArn ?? "",
    };
  }

  async function createNamespace(resource: DeclaredResource) {
    const name = physicalName(resource, "namespaceName");
    checkName("namespaceName", name);
    if (namespaces.has(name)) throw new Error(`a namespace "${name}" already exists`);
    const id = uuid(cloud.random);
    const namespace: Namespace = {
      name,
      id,
      arn: arnOf("namespace", id),
      adminUser: String(resource.inputs.adminUsername ?? "admin"),
      database: String(resource.inputs.dbName ?? DEFAULT_DATABASE),
      file: path.join(cloud.dataDir, "redshift", name, DATABASE_FILE),
      adminSecretArn: undefined,
      adminPassword: undefined,
      ...rolesOf(resource),
    };
    setPassword(namespace, resource);
    namespaces.set(name, namespace);
    return { id: name, outputs: namespaceOutputs(namespace) };
  }

  async function updateNamespace(name: string, resource: DeclaredResource) {
    const namespace = namespaces.get(name) as Namespace;
    Object.assign(namespace, rolesOf(resource));
    setPassword(namespace, resource);
    return { outputs: namespaceOutputs(namespace) };
  }

  async function deleteNamespace(name: string): Promise<void> {
    const namespace = namespaces.get(name) as Namespace;
    const used = [...workgroups.values()].find((one) => one.namespace === namespace);
    if (used) {
      throw new ServiceError(
        "ConflictException",
        `the namespace "${name}" has the workgroup "${used.name}"; delete the workgroup first`,
      );
    }
    if (namespace.adminSecretArn !== undefined) secrets().removeManaged(namespace.adminSecretArn);
    rmSync(path.dirname(namespace.file), { recursive: true, force: true });
    namespaces.delete(name);
  }

  function workgroupOutputs({ name, id, arn, namespace }: Workgroup, { inputs }: DeclaredResource) {
    const port = Number(inputs.port ?? DEFAULT_PORT);
    return {
      arn,
      workgroupId: id,
      workgroupName: name,
      namespaceName: namespace.name,
      port,
      endpoints: [
        {
          address: `${name}.${cloud.accountId}.${cloud.region}.redshift-serverless.amazonaws.com`,
          port,
          vpcEndpoints: [],
        },
      ],
    };
  }

  function checkWorkgroup({ inputs }: DeclaredResource): void {
    checkBaseCapacity(inputs.baseCapacity, inputs.maxCapacity);
    checkPort(inputs.port);
    checkParameters(inputs.configParameters);
    checkSubnets(cloud, inputs.subnetIds);
  }

  async function createWorkgroup(resource: DeclaredResource) {
    const name = physicalName(resource, "workgroupName");
    checkName("workgroupName", name);
    if (workgroups.has(name)) throw new Error(`a workgroup "${name}" already exists`);
    const namespace = namespaces.get(String(resource.inputs.namespaceName));
    if (!namespace) throw new Error(`the namespace "${resource.inputs.namespaceName}" does not exist`);
    const other = [...workgroups.values()].find((one) => one.namespace === namespace);
    if (other) throw new Error(`the namespace "${namespace.name}" already has the workgroup "${other.name}"`);
    checkWorkgroup(resource);
    const id = uuid(cloud.random);
    const created: Workgroup = { name, id, arn: arnOf("workgroup", id), namespace };
    workgroups.set(name, created);
    return { id: name, outputs: workgroupOutputs(created, resource) };
  }

  async function updateWorkgroup(name: string, resource: DeclaredResource) {
    checkWorkgroup(resource);
    return { outputs: workgroupOutputs(workgroups.get(name) as Workgroup, resource) };
  }

  async function isAdmin(namespace: Namespace, user: string, password: string): Promise<boolean> {
    if (user !== namespace.adminUser) return false;
    if (namespace.adminSecretArn === undefined) return password === namespace.adminPassword;
    const found = await cloud.call(CALLER, "secretsmanager", "GetSecretValue", { SecretId: namespace.adminSecretArn });
    const managed = JSON.parse((found as { SecretString: string }).SecretString) as { readonly password: string };
    return password === managed.password;
  }

  return {
    name: "redshift-serverless",
    workgroup,
    userOf,
    isAdmin,
    resources: {
      "aws:redshiftserverless/namespace:Namespace": {
        simulated: [
          ...["namespaceName", "adminUsername", "adminUserPassword", "adminPasswordSecretKmsKeyId", "dbName"],
          ...["defaultIamRoleArn", "iamRoles", "manageAdminPassword"],
        ],
        withoutEffect: ["kmsKeyId", "logExports", "tags"],
        replaceOn: ["namespaceName", "adminUsername", "dbName"],
        nameInput: "namespaceName",
        create: createNamespace,
        update: updateNamespace,
        delete: deleteNamespace,
      },
      "aws:redshiftserverless/workgroup:Workgroup": {
        simulated: [
          "workgroupName",
          "namespaceName",
          "baseCapacity",
          "maxCapacity",
          "port",
          "subnetIds",
          "configParameters",
        ],
        withoutEffect: [
          "enhancedVpcRouting",
          "publiclyAccessible",
          "securityGroupIds",
          "tags",
          "pricePerformanceTarget",
          "trackName",
        ],
        replaceOn: ["workgroupName", "namespaceName"],
        nameInput: "workgroupName",
        create: createWorkgroup,
        update: updateWorkgroup,
        delete: async (name) => void workgroups.delete(name),
      },
      "aws:redshiftserverless/usageLimit:UsageLimit": {
        simulated: [],
        withoutEffect: ["amount", "breachAction", "period", "resourceArn", "usageType"],
        replaceOn: ["period", "resourceArn", "usageType"],
        create: async () => {
          const id = uuid(cloud.random);
          return { id, outputs: { arn: arnOf("usagelimit", id) } };
        },
        update: async (id) => ({ outputs: { arn: arnOf("usagelimit", id) } }),
        delete: async () => undefined,
      },
    },
    operations: { GetCredentials: getCredentials, GetWorkgroup: getWorkgroup, GetNamespace: getNamespace },
  };
}
