/** The Athena resources that a program declares, made real: workgroup and named query. */
import { physicalName } from "../physicalName";
import type { CloudContext, DeclaredResource, ResourceSimulation } from "../service";
import type { Workgroup, Workgroups } from "./workgroups";

export function athenaResources(
  cloud: CloudContext,
  workgroups: Workgroups,
  nextId: () => string,
): Record<string, ResourceSimulation> {
  return {
    "aws:athena/workgroup:Workgroup": {
      simulated: ["name", "description", "configuration"],
      withoutEffect: ["forceDestroy", "tags"],
      async create(resource) {
        const name = physicalName(resource);
        workgroups.add({ ...workgroupOf(resource), name });
        return { id: name, outputs: { name, arn: workgroupArn(cloud, name) } };
      },
    },
    "aws:athena/namedQuery:NamedQuery": {
      simulated: ["name", "description", "database", "query", "workgroup"],
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
    },
  };
}

export function workgroupArn(cloud: Pick<CloudContext, "region" | "accountId">, name: string): string {
  return `arn:aws:athena:${cloud.region}:${cloud.accountId}:workgroup/${name}`;
}

/** Of `configuration`; encryption and metrics change nothing here. */
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
    ...(limit !== undefined && { scanLimitBytes: Number(limit) }),
  };
}

function refuseOthers(resource: DeclaredResource, at: string, given: object, known: readonly string[]): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other) {
    throw new Error(`local/athena: ${at}.${other} of "${resource.name}" is not simulated; see docs/fidelity.md`);
  }
}
