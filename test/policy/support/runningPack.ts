/** The pack as Pulumi's engine runs it: a process of its own, started by Pulumi's entry point, asked over its protocol. */
import { type ChildProcess, spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

const ROOT = path.resolve(__dirname, "../../..");
const ENTRY = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");

export interface Resource {
  /** The type token. */
  readonly type: string;
  /** The logical name. @default "it" */
  readonly name?: string;
  readonly props?: object;
  /** By property: the names of the resources that it is made of. */
  readonly madeOf?: Readonly<Record<string, readonly string[]>>;
}

export interface Violation {
  readonly control: string;
  /** The logical name. */
  readonly resource: string;
  readonly message: string;
  readonly level: "advisory" | "mandatory";
}

export interface ControlConfig {
  readonly enforcementLevel?: "advisory" | "mandatory" | "disabled";
  readonly [parameter: string]: unknown;
}

/** By the controls' ids. */
export type PackConfig = Readonly<Record<string, ControlConfig>>;

const LEVELS = {
  advisory: proto.EnforcementLevel.ADVISORY,
  mandatory: proto.EnforcementLevel.MANDATORY,
  disabled: proto.EnforcementLevel.DISABLED,
};

export class RunningPack {
  private constructor(
    private readonly pack: ChildProcess,
    private readonly client: AnalyzerClient,
  ) {}

  /** @param cwd as the engine starts it: the directory of whichever project it runs */
  static async start(directory = path.join(ROOT, "policy"), cwd = ROOT): Promise<RunningPack> {
    const pack = spawn(process.execPath, [ENTRY, "127.0.0.1:0", directory], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const said: string[] = [];
    pack.stderr.on("data", (text) => said.push(String(text)));
    const port = await new Promise<string>((resolve, reject) => {
      createInterface({ input: pack.stdout }).once("line", resolve);
      pack.once("exit", (code) => reject(new Error(`the pack ended with ${code}: ${said.join("")}`)));
    });
    return new RunningPack(pack, new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure()));
  }

  stop(): void {
    this.client.close();
    this.pack.kill();
  }

  info(): Promise<proto.AnalyzerInfo.AsObject> {
    return new Promise((resolve, reject) =>
      this.client.getAnalyzerInfo(new Empty(), (error, info) => (error ? reject(error) : resolve(info.toObject()))),
    );
  }

  /** All that the pack says of resources: of each by itself, and of the stack that they make. */
  async violations(resources: readonly Resource[], config: PackConfig = {}): Promise<Violation[]> {
    await this.configure(config);
    const found = [];
    for (const resource of resources) {
      const request = withResource(new proto.AnalyzeRequest(), resource);
      found.push(...(await this.ask((done) => this.client.analyze(request, done), nameOf(resource))));
    }
    const stack = new proto.AnalyzeStackRequest().setResourcesList(resources.map((of) => inStack(of, resources)));
    found.push(...(await this.ask((done) => this.client.analyzeStack(stack, done))));
    return found;
  }

  private configure(config: PackConfig): Promise<void> {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const [control, { enforcementLevel, ...properties }] of Object.entries(config)) {
      const level = LEVELS[enforcementLevel ?? "mandatory"];
      const of = new proto.PolicyConfig().setEnforcementlevel(level).setProperties(structOf(properties));
      request.getPolicyconfigMap().set(control, of);
    }
    return new Promise((resolve, reject) =>
      this.client.configure(request, (error) => (error ? reject(error) : resolve())),
    );
  }

  private async ask(call: (done: Answer) => void, resource?: string): Promise<Violation[]> {
    const response = await new Promise<proto.AnalyzeResponse>((resolve, reject) =>
      call((error, answer) => (error ? reject(error) : resolve(answer))),
    );
    return response.getDiagnosticsList().map((said) => ({
      control: said.getPolicyname(),
      resource: resource ?? said.getUrn().split("::").at(-1) ?? "",
      message: said.getMessage().split("\n").at(-1) ?? "",
      level: said.getEnforcementlevel() === LEVELS.mandatory ? "mandatory" : "advisory",
    }));
  }
}

type Answer = (error: ServiceError | null, response: proto.AnalyzeResponse) => void;

const nameOf = ({ name = "it" }: Resource) => name;
const urnOf = (resource: Resource) => `urn:pulumi:stack::project::${resource.type}::${nameOf(resource)}`;

function structOf(value: object): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);
}

function withResource<Request extends proto.AnalyzeRequest | proto.AnalyzerResource>(
  request: Request,
  resource: Resource,
): Request {
  request.setType(resource.type).setName(nameOf(resource)).setUrn(urnOf(resource));
  request.setProperties(structOf(resource.props ?? {}));
  const timeouts = new proto.AnalyzerResourceOptions.CustomTimeouts();
  request.setOptions(new proto.AnalyzerResourceOptions().setCustomtimeouts(timeouts));
  return request;
}

function inStack(resource: Resource, all: readonly Resource[]): proto.AnalyzerResource {
  const request = withResource(new proto.AnalyzerResource(), resource);
  for (const [property, names] of Object.entries(resource.madeOf ?? {})) {
    const urns = all.filter((other) => names.includes(nameOf(other))).map(urnOf);
    request.getPropertydependenciesMap().set(property, new proto.AnalyzerPropertyDependencies().setUrnsList(urns));
  }
  return request;
}
