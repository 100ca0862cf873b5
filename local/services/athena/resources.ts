/** Creates, updates and deletes the Athena resources that a program declares: workgroups and named queries. */
import { physicalName } from "../../cloud/physicalName";
import { type CloudContext, type DeclaredResource, type ResourceSimulation, ServiceError } from "../../cloud/service";
import type { Executions } from "./executions";
import type { Workgroup, Workgroups } from "./workgroups";

export function athenaResources(
  cloud: CloudContext,
  workgroups: Workgroups,
  executions: Executions,
  nextId: () => string,
): Record<string, ResourceSimulation> {
  return {
    "aws:athena/workgroup:Workgroup": workgroupResource(cloud, workgroups, executions),
    "aws:athena/namedQuery:NamedQuery": {
      simulated: ["name", "description", "database", "query", "workgroup"],
      replaceOn: ["name", "description", "database", "query", "workgroup"],
      async create(resource) {
        const { inputs } = resource;
        const id = nextId();
        workgroups.addQuery({
          NamedQueryId: id,
          Name: physicalName(resource),
          Description: inputs.description as string | undefined,
          Database: String(inputs.database),
          QueryString: String(inputs.query),
          WorkGroup: workgroups.get(String(inputs.workgroup ?? "primary")).name,
        });
        return { id, outputs: { name: physicalName(resource) } };
      },
      delete: async (id) => workgroups.removeQuery(id),
    },
  };
}

function workgroupResource(cloud: CloudContext, workgroups: Workgroups, executions: Executions): ResourceSimulation {
  const outputsOf = (name: string) => ({ name, arn: workgroupArn(cloud, name) });
  return {
    simulated: ["name", "description", "configuration", "forceDestroy"],
    withoutEffect: ["tags"],
    replaceOn: ["name"],
    async create(resource) {
      const name = physicalName(resource);
      if (workgroups.all().some((other) => other.name === name))
        throw new ServiceError("InvalidRequestException", "WorkGroup is already created");
      workgroups.add({ ...workgroupOf(resource), name });
      return { id: name, outputs: outputsOf(name) };
    },
    async update(name, resource) {
      workgroups.add({ ...workgroupOf(resource), name });
      return { outputs: outputsOf(name) };
    },
    async delete(name, { inputs }) {
      const isEmpty = workgroups.queriesOf(name).length === 0 && executions.of(name).length === 0;
      if (!isEmpty && inputs.forceDestroy !== true)
        throw new ServiceError("InvalidRequestException", `WorkGroup ${name} is not empty`);
      await executions.removeOf(name);
      workgroups.remove(name);
    },
  };
}

export function workgroupArn(cloud: Pick<CloudContext, "region" | "accountId">, name: string): string {
  return `arn:aws:athena:${cloud.region}:${cloud.accountId}:workgroup/${name}`;
}

/** The supported fields of `configuration`; encryption has no effect here. */
const CONFIGURATION = [
  "enforceWorkgroupConfiguration",
  "bytesScannedCutoffPerQuery",
  "resultConfiguration",
  "engineVersion",
  "publishCloudwatchMetricsEnabled",
];
const RESULT_CONFIGURATION = ["outputLocation", "encryptionConfiguration"];

function workgroupOf(resource: DeclaredResource): Omit<Workgroup, "name"> {
  const configuration = (resource.inputs.configuration ?? {}) as Record<string, unknown>;
  const result = (configuration.resultConfiguration ?? {}) as Record<string, unknown>;
  refuseOthers(resource, "configuration", configuration, CONFIGURATION);
  refuseOthers(resource, "configuration.resultConfiguration", result, RESULT_CONFIGURATION);
  const engine = (configuration.engineVersion as { selectedEngineVersion?: string } | undefined)?.selectedEngineVersion;
  if (engine !== undefined && engine !== "AUTO" && engine !== "Athena engine version 3") {
    throw new Error(
      `local/athena: engine "${engine}" of "${resource.name}" is not simulated (use "Athena engine version 3"); see docs/fidelity.md`,
    );
  }
  const limit = configuration.bytesScannedCutoffPerQuery;
  return {
    description: resource.inputs.description as string | undefined,
    outputLocation: result.outputLocation as string | undefined,
    isEnforced: configuration.enforceWorkgroupConfiguration !== false,
    isMeasured: configuration.publishCloudwatchMetricsEnabled !== false,
    ...(limit !== undefined && { scanLimitBytes: Number(limit) }),
  };
}

function refuseOthers(resource: DeclaredResource, at: string, given: object, known: readonly string[]): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other) {
    throw new Error(`local/athena: ${at}.${other} of "${resource.name}" is not simulated; see docs/fidelity.md`);
  }
}
