/** Serves the local cloud over Pulumi's provider protocol: each call is one of `LocalProvider`'s, whose values are the wire's. */
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { LocalProvider } from "../../../../local/program/provider";

export interface ProviderServer {
  /** Of 127.0.0.1. */
  readonly port: number;
  close(): void;
}

/** Packages travel within messages. */
const UNBOUNDED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** @param schema of the package, as JSON */
export async function startProviderServer(provider: LocalProvider, schema: string): Promise<ProviderServer> {
  const server = new grpc.Server(UNBOUNDED);
  server.addService(ResourceProviderService, { ...packageCalls(provider, schema), ...resourceCalls(provider) });
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, at: number) => (error ? reject(error) : resolve(at));
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), bound);
  });
  return { port, close: () => server.forceShutdown() };
}

/**
 * What concerns the package and its configuration. Secrets are not among what it accepts: the engine unwraps them before
 * each call, and marks the outputs of secret inputs itself.
 */
function packageCalls(provider: LocalProvider, schema: string): grpc.UntypedServiceImplementation {
  const { version } = JSON.parse(schema) as { version: string };
  return {
    handshake: answering(() => new proto.ProviderHandshakeResponse()),
    attach: answering(() => new Empty()),
    cancel: answering(() => new Empty()),
    getPluginInfo: answering(() => new PluginInfo().setVersion(version)),
    getSchema: answering(() => new proto.GetSchemaResponse().setSchema(schema)),
    getMapping: answering(() => new proto.GetMappingResponse()),
    checkConfig: answering((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: answering(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answering(() => new proto.ConfigureResponse().setSupportspreview(true)),
    invoke: answering(async (request: proto.InvokeRequest) => {
      const returned = await provider.invoke(request.getTok(), values(request.getArgs()));
      return new proto.InvokeResponse().setReturn(struct(returned));
    }),
  };
}

function resourceCalls(provider: LocalProvider): grpc.UntypedServiceImplementation {
  return {
    check: answering(async (request: proto.CheckRequest) => {
      const { type, name } = resourceOf(request);
      const olds = request.hasOlds() ? values(request.getOlds()) : undefined;
      const { inputs, failures } = await provider.check(type, name, olds, values(request.getNews()));
      const refused = failures.map(({ property, reason }) =>
        new proto.CheckFailure().setProperty(property).setReason(reason),
      );
      return new proto.CheckResponse().setInputs(struct(inputs)).setFailuresList(refused);
    }),
    diff: answering(async (request: proto.DiffRequest) => {
      const { changes, replaces, changed, deleteBeforeReplace } = await provider.diff(
        resourceOf(request).type,
        request.getId(),
        values(request.getOldInputs()),
        values(request.getNews()),
      );
      const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
      return new proto.DiffResponse()
        .setChanges(changes ? DIFF_SOME : DIFF_NONE)
        .setDiffsList([...changed])
        .setReplacesList([...replaces])
        .setDeletebeforereplace(deleteBeforeReplace);
    }),
    create: answering(async (request: proto.CreateRequest) => {
      const { type, name } = resourceOf(request);
      const preview = request.getPreview();
      const { id, outputs } = await provider.create(type, name, values(request.getProperties()), { preview });
      return new proto.CreateResponse().setId(id).setProperties(struct(outputs));
    }),
    update: answering(async (request: proto.UpdateRequest) => {
      const { type } = resourceOf(request);
      const preview = request.getPreview();
      const outputs = await provider.update(type, request.getId(), values(request.getNews()), { preview });
      return new proto.UpdateResponse().setProperties(struct(outputs));
    }),
    read: answering(async (request: proto.ReadRequest) => {
      const found = await provider.read(resourceOf(request).type, request.getId());
      const response = new proto.ReadResponse();
      if (!found) return response;
      return response.setId(request.getId()).setInputs(struct(found.inputs)).setProperties(struct(found.outputs));
    }),
    delete: answering(async (request: proto.DeleteRequest) => {
      await provider.delete(resourceOf(request).type, request.getId());
      return new Empty();
    }),
  };
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<logical name>` */
function resourceOf(request: { getUrn(): string }): { type: string; name: string } {
  const [, , types = "", ...name] = request.getUrn().split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

function values(properties: Struct | undefined): Record<string, unknown> {
  return properties?.toJavaScript() ?? {};
}

/** An undefined property is none: JSON, which a Struct holds, has no word for it. */
function struct(properties: Record<string, unknown>): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

/** What is thrown reaches the engine, which shows its message beside the resource. */
function answering<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    Promise.resolve()
      .then(() => answer(request))
      .then(
        (response) => callback(null, response),
        (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}
