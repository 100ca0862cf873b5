/** The functions of a run, each with its package on disk and its processes. */
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { physicalName } from "../../cloud/physicalName";
import {
  type CloudContext,
  type DeclaredResource,
  type Outputs,
  type ResourceSimulation,
  ServiceError,
} from "../../cloud/service";
import { isSameContent } from "../../program/content";
import type { IamService } from "../iam/service";
import { bootstrap } from "./bootstrap";
import { type FunctionSpec, readFunctionSpec } from "./functionSpec";
import type { Gate } from "./gate";
import { type FunctionCalls, LambdaFunction, type LambdaHost } from "./lambdaFunction";
import { checkNetworkAccess } from "./network";
import { unpackCode } from "./unpackCode";

export class Functions {
  private readonly byName = new Map<string, LambdaFunction>();
  private readonly directory: string;
  private packages = 0;

  /** @param roleChanged called with the ARN of a function whose role was changed */
  constructor(
    private readonly cloud: CloudContext,
    private readonly host: LambdaHost,
    private readonly gate: Gate,
    private readonly roleChanged: (functionArn: string) => Promise<void>,
  ) {
    this.directory = path.join(cloud.dataDir, "lambda");
  }

  readonly resource: ResourceSimulation = {
    simulated: [
      "name",
      "namePrefix",
      "role",
      "runtime",
      "handler",
      "code",
      "memorySize",
      "timeout",
      "environment",
      "loggingConfig",
      "reservedConcurrentExecutions",
      "vpcConfig",
    ],
    withoutEffect: ["description", "architectures", "tags", "tracingConfig", "publish"],
    replaceOn: ["name", "namePrefix"],
    create: (resource) => this.create(resource),
    update: (name, resource, olds) => this.update(name, resource, olds),
    delete: (name) => this.delete(name),
  };

  /** Finds a function by name, ARN or ARN with `:$LATEST`. */
  of(nameOrArn: string): LambdaFunction {
    const name = /^arn:aws:lambda:[^:]+:\d+:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.split(":")[0];
    const found = this.byName.get(name as string);
    if (found) return found;
    throw new ServiceError("ResourceNotFoundException", `Function not found: ${this.arnOf(name as string)}`, 404);
  }

  /** By name. */
  all(): LambdaFunction[] {
    return [...this.byName].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
  }

  calls(): readonly FunctionCalls[] {
    return [...this.byName.values()].map(({ calls }) => calls);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.byName.values()].map((each) => each.stop()));
  }

  private async create(resource: DeclaredResource) {
    const name = physicalName(resource);
    if (this.byName.has(name))
      throw new Error(`local/lambda: function "${resource.name}": the name "${name}" is taken`);
    const spec = this.specOf(resource, name, path.join(this.directory, name));
    await rm(spec.root, { recursive: true, force: true });
    await this.unpack(resource, spec.root);
    const bootstrapFile = path.join(this.directory, "bootstrap.js");
    await writeFile(bootstrapFile, `"use strict";\n(${bootstrap.toString()})();\n`);
    this.byName.set(name, new LambdaFunction(spec, this.cloud, this.host, bootstrapFile, this.gate));
    return { id: name, outputs: this.outputsOf(spec) };
  }

  /** A new package gets its own directory, because current invocations may still read the old one. */
  private async update(name: string, resource: DeclaredResource, olds: Record<string, unknown>) {
    const running = this.of(name);
    const { roleArn, root } = running.spec;
    const isSamePackage = await isSameContent(olds.code, resource.inputs.code);
    const nextRoot = isSamePackage ? root : path.join(this.directory, `${name}@${++this.packages}`);
    const spec = this.specOf(resource, name, nextRoot);
    if (!isSamePackage) await this.unpack(resource, nextRoot);
    await running.update(spec);
    if (spec.roleArn !== roleArn) await this.roleChanged(spec.arn);
    return { outputs: this.outputsOf(spec) };
  }

  private async delete(name: string): Promise<void> {
    const running = this.of(name);
    this.byName.delete(name);
    await running.stop();
    await rm(running.spec.root, { recursive: true, force: true });
  }

  /** Unpacks the whole package; removes the directory if that fails. */
  private async unpack({ name, inputs }: DeclaredResource, root: string): Promise<void> {
    try {
      await unpackCode(name, inputs.code, root);
    } catch (error) {
      await rm(root, { recursive: true, force: true });
      throw error;
    }
  }

  /** Refuses a role that Lambda may not assume, as AWS does. */
  private specOf(resource: DeclaredResource, name: string, root: string): FunctionSpec {
    const made = { name, arn: this.arnOf(name), region: this.cloud.region, root };
    const spec = readFunctionSpec(resource.name, resource.inputs, made);
    const iam = this.cloud.service("iam") as IamService;
    const principal = iam.assume(spec.roleArn, "lambda.amazonaws.com", { "aws:SourceArn": spec.arn });
    if (spec.isInVpc) checkNetworkAccess(this.cloud, principal, resource.name);
    return spec;
  }

  private outputsOf({ name, arn }: FunctionSpec): Outputs {
    const invokeArn = `arn:aws:apigateway:${this.cloud.region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
    return { name, arn, invokeArn, version: "$LATEST", qualifiedArn: `${arn}:$LATEST` };
  }

  private arnOf(name: string): string {
    return `arn:aws:lambda:${this.cloud.region}:${this.cloud.accountId}:function:${name}`;
  }
}
