/** Runs a program in the local cloud, and routes records through the handlers of its routers in this process. */
import * as pulumi from "@pulumi/pulumi";
import type { SchemaLookup } from "../../formats/schemaIds/lookup";
import { ServiceError } from "../cloud/service";
import type { KinesisEvent } from "../kinesisTestEvent";
import { type LocalCloud, type StartLocalOptions, startLocal } from "../startLocal";
import { type RoutedEvents, routeEvents } from "./routeEvents";
import { type Router, resolved, settled } from "./testedRouter";

const ROUTER = "streamlake:index:FormatRouter";

/** A router of a running program. */
export interface ProgramRouter {
  /** The logical name. */
  readonly name: string;
  /** The physical name of its stream in the local cloud. */
  readonly stream: string;
  /** The beginning of the keys of rows. */
  readonly rawPrefix: string;
  /** Routes records; the secrets and schemas of the cloud are those of the hooks. */
  route(records: KinesisEvent["Records"]): Promise<RoutedEvents>;
}

/**
 * Starts the program, calls `work` with its routers, in the order of their names, and stops the cloud.
 *
 * @throws the errors of `startLocal`
 */
export async function withProgramRouters<T>(
  options: StartLocalOptions,
  work: (routers: readonly ProgramRouter[]) => Promise<T>,
): Promise<T> {
  const made: { readonly name: string; readonly router: Router }[] = [];
  const program = () => {
    // Called with every resource; a router has its parts once the program has run.
    pulumi.runtime.registerStackTransformation(({ type, name, resource }) => {
      if (type === ROUTER) made.push({ name, router: resource as unknown as Router });
      return undefined;
    });
    return options.program();
  };
  const cloud = await startLocal({ ...options, program });
  try {
    made.sort((one, other) => (one.name < other.name ? -1 : 1));
    const routers: ProgramRouter[] = [];
    for (const { name, router } of made) routers.push(await programRouter(name, router, cloud));
    return await work(routers);
  } finally {
    await cloud.stop();
  }
}

async function programRouter(name: string, router: Router, cloud: LocalCloud): Promise<ProgramRouter> {
  const { environment, lake } = router.routing;
  const { STREAM_NAME: stream = "" } = await resolved(environment);
  const secrets = await secretsOf(router, cloud);
  const lookUpSchema = schemasOf(cloud);
  return {
    name,
    stream,
    rawPrefix: lake.prefixes.raw,
    route: (records) => routeEvents(router, records, { secrets, lookUpSchema }),
  };
}

/** The values that the cloud has; an error is what the batch fails with. */
async function secretsOf({ routing }: Router, cloud: LocalCloud): Promise<Record<string, string | Error>> {
  const values: Record<string, string | Error> = {};
  for (const [name, { secretArn, parameterArn }] of Object.entries(routing.secrets ?? {})) {
    try {
      values[name] = await (secretArn === undefined
        ? parameter(cloud, await settled(parameterArn))
        : secret(cloud, await settled(secretArn)));
    } catch (error) {
      values[name] = new Error(`the secret "${name}" cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }
  return values;
}

async function secret(cloud: LocalCloud, SecretId: unknown): Promise<string> {
  const { SecretString } = (await cloud.call("secretsmanager", "GetSecretValue", { SecretId })) as {
    SecretString?: string;
  };
  if (SecretString === undefined) throw new Error("it has no string; binary secrets are not supported");
  return SecretString;
}

async function parameter(cloud: LocalCloud, Name: unknown): Promise<string> {
  const { Parameter } = (await cloud.call("ssm", "GetParameter", { Name, WithDecryption: true })) as {
    Parameter: { Value: string };
  };
  return Parameter.Value;
}

/** A registry of a local cloud gives the versions of its program's schemas the same ids each time. */
function schemasOf(cloud: LocalCloud): SchemaLookup {
  return async ({ registry, id }) => {
    if (registry !== "glue") return undefined;
    try {
      const found = await cloud.call("glue", "GetSchemaVersion", { SchemaVersionId: id });
      const { DataFormat, SchemaDefinition } = found as { DataFormat: string; SchemaDefinition: string };
      return { format: DataFormat.toLowerCase() as "avro" | "json" | "protobuf", text: SchemaDefinition };
    } catch (error) {
      if (error instanceof ServiceError && error.code === "EntityNotFoundException") return undefined;
      throw error;
    }
  };
}
