/** Redshift Serverless: declared namespaces and workgroups, and the credentials of their database. */
import type { Principal } from "../../cloud/iam/principal";
import { randomHex, uuid } from "../../cloud/random";
import { type CloudContext, type Operation, type Service, ServiceError } from "../../cloud/service";
import { arnOf } from "./arn";
import { type Namespace, Namespaces } from "./namespaces";
import { type Workgroup, Workgroups } from "./workgroups";

export { DATABASE_FILE } from "./namespaces";
export type { Workgroup };

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

export function redshiftServerlessService(cloud: CloudContext): RedshiftServerlessService {
  const namespaces = new Namespaces(cloud);
  const workgroups = new Workgroups(cloud, namespaces);

  function userOf(principal: Principal): string {
    return principal.kind === "role" ? `IAMR:${principal.arn.split("/").at(-1)}` : "IAM:caller";
  }

  const ofWorkgroup = (action: string) => (input: OfWorkgroup) => [
    { action, resource: workgroups.find(input.workgroupName)?.arn ?? arnOf(cloud, "workgroup", "*") },
  ];

  function known(name: string): Workgroup {
    const found = workgroups.find(name);
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
        resource: namespaces.get(namespaceName)?.arn ?? arnOf(cloud, "namespace", "*"),
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

  return {
    name: "redshift-serverless",
    workgroup: (nameOrArn) => workgroups.find(nameOrArn),
    userOf,
    isAdmin: (namespace, user, password) => namespaces.isAdmin(namespace, user, password),
    resources: {
      "aws:redshiftserverless/namespace:Namespace": namespaces.simulation,
      "aws:redshiftserverless/workgroup:Workgroup": workgroups.simulation,
      "aws:redshiftserverless/usageLimit:UsageLimit": {
        simulated: [],
        withoutEffect: ["amount", "breachAction", "period", "resourceArn", "usageType"],
        replaceOn: ["period", "resourceArn", "usageType"],
        create: async () => {
          const id = uuid(cloud.random);
          return { id, outputs: { arn: arnOf(cloud, "usagelimit", id) } };
        },
        update: async (id) => ({ outputs: { arn: arnOf(cloud, "usagelimit", id) } }),
        delete: async () => undefined,
      },
    },
    operations: { GetCredentials: getCredentials, GetWorkgroup: getWorkgroup, GetNamespace: getNamespace },
  };
}
