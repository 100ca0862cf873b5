/** The resource-based policies of functions: which services may invoke them, and for which sources. */
import { isArnLike } from "../../cloud/iam/match";
import type { DeclaredResource, ResourceSimulation } from "../../cloud/service";

interface Permission {
  readonly functionName: string;
  readonly service: string;
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

export class Permissions {
  private readonly byId = new Map<string, Permission>();

  constructor(private readonly accountId: string) {}

  readonly resource: ResourceSimulation = {
    simulated: ["action", "function", "principal", "sourceArn", "sourceAccount", "statementId", "statementIdPrefix"],
    replaceOn: [
      ...["action", "function", "principal", "sourceArn", "sourceAccount", "statementId", "statementIdPrefix"],
    ],
    create: async (resource) => {
      const id = `${resource.inputs.statementId ?? resource.name}`;
      const permission = this.read(resource);
      const key = `${permission.functionName} ${id}`;
      if (this.byId.has(key)) throw new Error(`the function's policy already has a statement "${id}"`);
      this.byId.set(key, permission);
      return { id, outputs: { statementId: id } };
    },
    delete: async (id, resource) => {
      this.byId.delete(`${this.read(resource).functionName} ${id}`);
    },
  };

  /** @param service `"apigateway.amazonaws.com"` */
  allow(functionName: string, service: string, sourceArn: string): boolean {
    return [...this.byId.values()].some(
      (permission) =>
        permission.functionName === functionName &&
        permission.service === service &&
        (permission.sourceArn === undefined || isArnLike(permission.sourceArn, sourceArn)) &&
        (permission.sourceAccount === undefined || permission.sourceAccount === this.accountId),
    );
  }

  private read({ name, inputs }: DeclaredResource): Permission {
    const { action, function: target, principal, sourceArn, sourceAccount } = inputs;
    if (action !== "lambda:InvokeFunction" || !/\.amazonaws\.com$/.test(String(principal))) {
      throw new Error(
        `local/lambda: "${name}": ${String(action)} for ${String(principal)} is not simulated; use lambda:InvokeFunction for a service, see docs/fidelity.md`,
      );
    }
    return {
      functionName: /:function:([^:]+)/.exec(String(target))?.[1] ?? String(target),
      service: String(principal),
      sourceArn: sourceArn as string | undefined,
      sourceAccount: sourceAccount as string | undefined,
    };
  }
}
