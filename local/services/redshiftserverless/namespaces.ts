/** The namespaces of Redshift Serverless: a database each, its administrator, and the roles that COPY may name. */
import { rmSync } from "node:fs";
import path from "node:path";
import { CALLER } from "../../cloud/iam/principal";
import { checkedKeyId } from "../../cloud/keyAccess";
import { physicalName } from "../../cloud/physicalName";
import { randomHex, uuid } from "../../cloud/random";
import { type CloudContext, type DeclaredResource, type ResourceSimulation, ServiceError } from "../../cloud/service";
import type { SecretsManagerService } from "../secretsmanager/service";
import { arnOf } from "./arn";
import { checkName, checkPassword } from "./checks";

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
  /** The name of its workgroup; a namespace has at most one. */
  workgroup: string | undefined;
}

/** DuckDB names the catalog after it: no schema of a program has this name. */
export const DATABASE_FILE = "redshift_database.duckdb";
const DEFAULT_DATABASE = "dev";

export class Namespaces {
  readonly simulation: ResourceSimulation = {
    simulated: [
      ...["namespaceName", "adminUsername", "adminUserPassword", "adminPasswordSecretKmsKeyId", "dbName"],
      ...["defaultIamRoleArn", "iamRoles", "manageAdminPassword"],
    ],
    withoutEffect: ["kmsKeyId", "logExports", "tags"],
    replaceOn: ["namespaceName", "adminUsername", "dbName"],
    nameInput: "namespaceName",
    create: async (resource) => this.#create(resource),
    update: async (name, resource) => this.#update(name, resource),
    delete: async (name) => this.#delete(name),
  };
  readonly #all = new Map<string, Namespace>();

  constructor(private readonly cloud: CloudContext) {}

  get(name: string): Namespace | undefined {
    return this.#all.get(name);
  }

  async isAdmin(namespace: Namespace, user: string, password: string): Promise<boolean> {
    if (user !== namespace.adminUser) return false;
    if (namespace.adminSecretArn === undefined) return password === namespace.adminPassword;
    const found = await this.cloud.call(CALLER, "secretsmanager", "GetSecretValue", {
      SecretId: namespace.adminSecretArn,
    });
    const managed = JSON.parse((found as { SecretString: string }).SecretString) as { readonly password: string };
    return password === managed.password;
  }

  #create(resource: DeclaredResource) {
    const name = physicalName(resource, "namespaceName");
    checkName("namespaceName", name);
    if (this.#all.has(name)) throw new Error(`a namespace "${name}" already exists`);
    const id = uuid(this.cloud.random);
    const namespace: Namespace = {
      name,
      id,
      arn: arnOf(this.cloud, "namespace", id),
      adminUser: String(resource.inputs.adminUsername ?? "admin"),
      database: String(resource.inputs.dbName ?? DEFAULT_DATABASE),
      file: path.join(this.cloud.dataDir, "redshift", name, DATABASE_FILE),
      adminSecretArn: undefined,
      adminPassword: undefined,
      workgroup: undefined,
      ...rolesOf(resource),
    };
    this.#setPassword(namespace, resource);
    this.#all.set(name, namespace);
    return { id: name, outputs: outputsOf(namespace) };
  }

  #update(name: string, resource: DeclaredResource) {
    const namespace = this.#all.get(name) as Namespace;
    Object.assign(namespace, rolesOf(resource));
    this.#setPassword(namespace, resource);
    return { outputs: outputsOf(namespace) };
  }

  #delete(name: string): void {
    const namespace = this.#all.get(name) as Namespace;
    if (namespace.workgroup !== undefined) {
      throw new ServiceError(
        "ConflictException",
        `the namespace "${name}" has the workgroup "${namespace.workgroup}"; delete the workgroup first`,
      );
    }
    if (namespace.adminSecretArn !== undefined) this.#secrets().removeManaged(namespace.adminSecretArn);
    rmSync(path.dirname(namespace.file), { recursive: true, force: true });
    this.#all.delete(name);
  }

  #setPassword(namespace: Namespace, { inputs }: DeclaredResource): void {
    const { manageAdminPassword, adminUserPassword } = inputs;
    if (manageAdminPassword === true && adminUserPassword !== undefined) {
      throw new Error("adminUserPassword cannot be set with manageAdminPassword");
    }
    if (adminUserPassword !== undefined) checkPassword(String(adminUserPassword));
    namespace.adminPassword = adminUserPassword === undefined ? undefined : String(adminUserPassword);
    if (manageAdminPassword !== true) {
      if (namespace.adminSecretArn !== undefined) this.#secrets().removeManaged(namespace.adminSecretArn);
      namespace.adminSecretArn = undefined;
      return;
    }
    if (namespace.adminSecretArn !== undefined) return;
    const keyId = checkedKeyId("adminPasswordSecretKmsKeyId", inputs.adminPasswordSecretKmsKeyId);
    const value = JSON.stringify({ username: namespace.adminUser, password: `Aa1${randomHex(this.cloud.random, 29)}` });
    namespace.adminSecretArn = this.#secrets().createManaged(
      `redshift!${namespace.name}-${namespace.adminUser}`,
      value,
      keyId,
    );
  }

  #secrets(): SecretsManagerService {
    return this.cloud.service("secretsmanager") as SecretsManagerService;
  }
}

function rolesOf({ inputs }: DeclaredResource): Pick<Namespace, "roles" | "defaultRole"> {
  const roles = ((inputs.iamRoles ?? []) as unknown[]).map(String);
  const defaultRole = inputs.defaultIamRoleArn === undefined ? undefined : String(inputs.defaultIamRoleArn);
  if (defaultRole === undefined || roles.includes(defaultRole)) return { roles, defaultRole };
  throw new Error(`defaultIamRoleArn "${defaultRole}" must be one of iamRoles`);
}

function outputsOf({ name, id, arn, adminSecretArn, adminUser, database }: Namespace) {
  return {
    arn,
    namespaceId: id,
    namespaceName: name,
    adminUsername: adminUser,
    dbName: database,
    adminPasswordSecretArn: adminSecretArn ?? "",
  };
}
