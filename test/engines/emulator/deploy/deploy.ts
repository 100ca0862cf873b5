/** Deploys a program on the emulator: each resource by the calls of its service that the Pulumi provider would make. */

import { physicalName } from "../../../../local/cloud/physicalName";
import { evaluate } from "../../../../local/program/evaluate";
import { providerFunctions } from "../../../../local/program/providerFunctions";
import type { Emulator } from "../emulator";
import { accessDeployers } from "./access";
import { dataDeployers } from "./data";
import type { Deployer, Inputs } from "./deployer";
import { lambdaDeployers } from "./lambda";
import { operationsDeployers } from "./operations";
import { s3Deployers } from "./s3";

const DEPLOYERS: Readonly<Record<string, Deployer>> = {
  ...s3Deployers,
  ...accessDeployers,
  ...lambdaDeployers,
  ...dataDeployers,
  ...operationsDeployers,
};

export interface Deployment {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** In the order in which they were made, without components. */
  readonly resources: readonly { readonly type: string; readonly name: string; readonly id: string }[];
  /** The id of the resource with that logical name. */
  idOf(logicalName: string): string;
}

export interface Deploying {
  readonly program: () => unknown;
  readonly project: string;
  readonly config: Readonly<Record<string, string>>;
}

/** @throws Error naming the resource that the emulator refuses, with its words */
export async function deploy(emulator: Emulator, options: Deploying): Promise<Deployment> {
  const resources: { type: string; name: string; id: string }[] = [];
  const outputs = await evaluate({
    ...options,
    stack: "dev",
    async register(resource) {
      const { type, name, custom } = resource;
      if (!custom) return { id: "", outputs: {} };
      const deployer = DEPLOYERS[type];
      if (!deployer) throw new Error(`no deployer has the type ${type} (resource "${name}")`);
      const physical = physicalName(resource, type === "aws:s3/bucket:Bucket" ? "bucket" : "name");
      try {
        const { id, outputs: made } = await deployer(emulator.clients, physical, resource.inputs as Inputs);
        resources.push({ type, name, id });
        return { id, outputs: made };
      } catch (cause) {
        throw new Error(`the emulator refuses ${type} "${name}": ${cause}`, { cause });
      }
    },
    invoke: providerFunctions(emulator),
  });
  return {
    outputs,
    resources,
    idOf(logicalName) {
      const found = resources.find(({ name }) => name === logicalName);
      if (!found) throw new Error(`no resource "${logicalName}" was deployed`);
      return found.id;
    },
  };
}
