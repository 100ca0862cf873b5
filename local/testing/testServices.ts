/** The services that a router's package calls in a unit test: PutObject, secrets and schemas. */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What the services of the test know. */
export interface ServiceAnswers {
  /** The objects that the router writes. */
  readonly objects: Map<string, Uint8Array>;
  /** By ARN; an `Error` is a refusal. */
  readonly secrets: ReadonlyMap<string, string | Error>;
  /** By version id. */
  readonly schemas: Readonly<Record<string, { readonly format: string; readonly text: string }>>;
}

export interface TestServices {
  /** The environment variables by which a package reaches the services; undefined ones must not be set. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  stop(): Promise<void>;
}

const ENDPOINTS = ["", "_S3", "_SECRETS_MANAGER", "_SSM", "_GLUE"];

export async function startServices(answers: ServiceAnswers): Promise<TestServices> {
  const server = createServer(async (request, response) => {
    const { status, body } = answer(request, await bytesOf(request), answers);
    response.writeHead(status).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    variables: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_PROFILE: undefined,
      ...Object.fromEntries(ENDPOINTS.map((ending) => [`AWS_ENDPOINT_URL${ending}`, endpoint])),
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function answer({ method, url = "", headers }: IncomingMessage, body: Buffer, answers: ServiceAnswers): Answer {
  if (method === "PUT") {
    const key = decodeURIComponent(new URL(url, "http://s3").pathname.split("/").slice(2).join("/"));
    if (answers.objects.has(key)) return { status: 412, body: "<Error><Code>PreconditionFailed</Code></Error>" };
    answers.objects.set(key, body);
    return { status: 200, body: "" };
  }
  const target = String(headers["x-amz-target"]);
  const input = JSON.parse(body.toString()) as Readonly<Record<string, string>>;
  if (target === "AWSGlue.GetSchemaVersion") return schemaAnswer(answers.schemas[input.SchemaVersionId ?? ""]);
  const value = answers.secrets.get(input.SecretId ?? input.Name ?? "");
  if (typeof value !== "string") return refusal("AccessDeniedException", value?.message ?? `${target} is not allowed`);
  return { status: 200, body: JSON.stringify({ SecretString: value, Parameter: { Value: value } }) };
}

function schemaAnswer(schema: ServiceAnswers["schemas"][string] | undefined): Answer {
  if (!schema) return refusal("EntityNotFoundException", "Schema version is not found.");
  const { format, text } = schema;
  return { status: 200, body: JSON.stringify({ DataFormat: format.toUpperCase(), SchemaDefinition: text }) };
}

function refusal(__type: string, message: string): Answer {
  return { status: 400, body: JSON.stringify({ __type, message }) };
}
