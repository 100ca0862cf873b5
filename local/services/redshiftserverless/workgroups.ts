/** The workgroups of Redshift Serverless: each runs the statements of one namespace. */
import { physicalName } from "../../cloud/physicalName";
import { uuid } from "../../cloud/random";
import type { CloudContext, DeclaredResource, ResourceSimulation } from "../../cloud/service";
import { arnOf } from "./arn";
import { checkBaseCapacity, checkName, checkParameters, checkPort, checkSubnets } from "./checks";
import type { Namespace, Namespaces } from "./namespaces";

export interface Workgroup {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly namespace: Namespace;
}

const DEFAULT_PORT = 5439;

export class Workgroups {
  readonly simulation: ResourceSimulation = {
    simulated: [
      ...["workgroupName", "namespaceName", "baseCapacity", "maxCapacity", "port", "subnetIds"],
      "configParameters",
    ],
    withoutEffect: [
      ...["enhancedVpcRouting", "publiclyAccessible", "securityGroupIds", "tags", "pricePerformanceTarget"],
      "trackName",
    ],
    replaceOn: ["workgroupName", "namespaceName"],
    nameInput: "workgroupName",
    create: async (resource) => this.#create(resource),
    update: async (name, resource) => this.#update(name, resource),
    delete: async (name) => this.#delete(name),
  };
  readonly #all = new Map<string, Workgroup>();

  constructor(
    private readonly cloud: CloudContext,
    private readonly namespaces: Namespaces,
  ) {}

  /** By name or ARN; undefined for an unknown one. */
  find(nameOrArn: string): Workgroup | undefined {
    return this.#all.get(nameOrArn) ?? [...this.#all.values()].find(({ arn }) => arn === nameOrArn);
  }

  #create(resource: DeclaredResource) {
    const name = physicalName(resource, "workgroupName");
    checkName("workgroupName", name);
    if (this.#all.has(name)) throw new Error(`a workgroup "${name}" already exists`);
    const namespace = this.namespaces.get(String(resource.inputs.namespaceName));
    if (!namespace) throw new Error(`the namespace "${resource.inputs.namespaceName}" does not exist`);
    if (namespace.workgroup !== undefined) {
      throw new Error(`the namespace "${namespace.name}" already has the workgroup "${namespace.workgroup}"`);
    }
    this.#check(resource);
    const id = uuid(this.cloud.random);
    const created: Workgroup = { name, id, arn: arnOf(this.cloud, "workgroup", id), namespace };
    namespace.workgroup = name;
    this.#all.set(name, created);
    return { id: name, outputs: this.#outputs(created, resource) };
  }

  #update(name: string, resource: DeclaredResource) {
    this.#check(resource);
    return { outputs: this.#outputs(this.#all.get(name) as Workgroup, resource) };
  }

  #delete(name: string): void {
    const { namespace } = this.#all.get(name) as Workgroup;
    namespace.workgroup = undefined;
    this.#all.delete(name);
  }

  #check({ inputs }: DeclaredResource): void {
    checkBaseCapacity(inputs.baseCapacity, inputs.maxCapacity);
    checkPort(inputs.port);
    checkParameters(inputs.configParameters);
    checkSubnets(this.cloud, inputs.subnetIds);
  }

  #outputs({ name, id, arn, namespace }: Workgroup, { inputs }: DeclaredResource) {
    const { accountId, region } = this.cloud;
    const port = Number(inputs.port ?? DEFAULT_PORT);
    return {
      arn,
      workgroupId: id,
      workgroupName: name,
      namespaceName: namespace.name,
      port,
      endpoints: [
        { address: `${name}.${accountId}.${region}.redshift-serverless.amazonaws.com`, port, vpcEndpoints: [] },
      ],
    };
  }
}
