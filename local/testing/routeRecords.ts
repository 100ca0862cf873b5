/** Routes records in a unit test: runs the router's handler in this process, with a lake in memory instead of AWS. */
import * as pulumi from "@pulumi/pulumi";
import { type CallbackContext, undeclaredSecret } from "../../lake/callbackContext";
import { kinesisEvent, type TestRecord } from "../kinesisTestEvent";
import { type DeclareOptions, declare } from "../program/declare";
import { deliver } from "./deliver";
import { placesOf } from "./placesOf";
import { type RoutedRecords, routedRecords } from "./routedRecords";

/** A `FormatRouter`, as its public type shows it. */
export type TestedRouter = pulumi.ComponentResource & { readonly functionName: pulumi.Output<string> };

/** The options of `declare` are for a program; a router is declared before. */
export interface RouteRecordsOptions extends Omit<DeclareOptions, "preview"> {
  /** Environment variables that replace or complete the router's own while the records are routed. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The value of each secret that the router declares; an `Error` is what its service answers, which fails the batch.
   * @default none
   * @example secrets: { SALT: "pepper" }
   */
  readonly secrets?: Readonly<Record<string, string | Error>>;
  /**
   * Schemas of Glue's registry by version id, for records that name one; another id is unknown to the registry.
   * @default none
   */
  readonly schemas?: Readonly<Record<string, RegisteredSchema>>;
}

export interface RegisteredSchema {
  readonly format: "avro" | "json" | "protobuf";
  /** Avro as JSON, or the content of a `.proto` file. */
  readonly text: string;
}

/** The part of a router that its public type does not show: see `Routing` in components/formatRouter.ts. */
interface Routing {
  readonly factory: (context: CallbackContext, instead: object) => (event: unknown) => Promise<unknown>;
  readonly environment: Record<string, pulumi.Input<string>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly lake: { readonly prefixes: { readonly raw: string; readonly unformatted: string } };
}

/**
 * Routes records as the deployed router does: its handler, formats, hooks, schemas and captured values are those that
 * its package contains. Bytes that no format fits, errors of hooks (with their messages) and refused rows are in
 * `unformatted`. Calls run one at a time, because `process.env` belongs to the process.
 *
 * @param router made within `declare`, or a program that makes it and returns it
 * @param records one record each: a string is sent as UTF-8
 * @throws Error if a declared secret has no value, and for names that the router does not declare
 * @example const { rows } = await routeRecords(() => pipeline().router, ['{"order_id":"a","total":5}']);
 */
export function routeRecords(
  router: TestedRouter | (() => TestedRouter | Promise<TestedRouter>),
  records: readonly (string | Uint8Array | TestRecord)[],
  options: RouteRecordsOptions = {},
): Promise<RoutedRecords> {
  const turn = last.then(async () => route(await routingOf(router, options), records, options));
  last = turn.catch(() => undefined); // The caller gets the error; the next call only waits.
  return turn;
}

let last: Promise<unknown> = Promise.resolve();

async function routingOf(
  router: TestedRouter | (() => TestedRouter | Promise<TestedRouter>),
  { environment: _, secrets: __, schemas: ___, ...options }: RouteRecordsOptions,
): Promise<Routing> {
  let made: unknown = router;
  if (typeof router === "function") {
    await declare(async () => {
      made = await router();
    }, options);
  } else if (Object.keys(options).length > 0) {
    throw new Error(
      `routeRecords: ${Object.keys(options).join(", ")}: options of the program, but the router is declared already; pass the program, or give them to declare`,
    );
  }
  const { routing } = (made ?? {}) as { routing?: Routing };
  if (typeof routing?.factory === "function") return routing;
  const found = pulumi.Resource.isInstance(made) ? made.constructor.name : made === null ? "null" : typeof made;
  throw new Error(
    typeof router === "function"
      ? `routeRecords: the program returned ${found}; it must return its FormatRouter`
      : `routeRecords: expected a FormatRouter, or a program that returns one, and got ${found}`,
  );
}

async function route(
  routing: Routing,
  records: readonly (string | Uint8Array | TestRecord)[],
  { environment = {}, secrets = {}, schemas = {} }: RouteRecordsOptions,
): Promise<RoutedRecords> {
  checkSecrets(Object.keys(routing.secrets ?? {}), Object.keys(secrets));
  const variables = { ...(await resolved(routing.environment)), ...environment };
  const objects = new Map<string, Uint8Array>();
  const effects = {
    stream: variables.STREAM_NAME ?? "",
    bucket: variables.LAKE_BUCKET ?? "",
    store: {
      putIfAbsent: async (key: string, body: Uint8Array) => {
        if (objects.has(key)) return "present";
        objects.set(key, body);
        return "created";
      },
    },
    log: () => undefined,
    exposesHookErrors: true,
    placesOf,
  };
  const lookUp = ({ id }: { id: string }) => (Object.hasOwn(schemas, id) ? schemas[id] : undefined);
  const events = kinesisEvent(records.map(testRecord)).Records;
  const failed = await withVariables(variables, async () => {
    const handler = routing.factory(contextOf(secrets), { effects, schemas: lookUp });
    return deliver(events, async (event) => {
      // As in a package: the secrets are read before the event.
      for (const value of Object.values(secrets)) if (value instanceof Error) throw value;
      return handler(event);
    });
  });
  const sequenceNumbers = events.map(({ kinesis }) => kinesis.sequenceNumber);
  const failedBatches = failed.map(({ error, records: lost }) => ({
    records: lost.map((record) => events.indexOf(record)),
    error,
  }));
  return routedRecords(objects, sequenceNumbers, routing.lake.prefixes.raw, failedBatches);
}

function testRecord(record: string | Uint8Array | TestRecord): TestRecord {
  return typeof record === "string" || record instanceof Uint8Array ? { data: record } : record;
}

function checkSecrets(declared: readonly string[], given: readonly string[]): void {
  const missing = declared.filter((name) => !given.includes(name));
  if (missing.length > 0) {
    const values = missing.map((name) => `${name}: "…"`).join(", ");
    throw new Error(
      `routeRecords: the router reads ${missing.join(", ")}; give values for the test: secrets: { ${values} }`,
    );
  }
  const unknown = given.find((name) => !declared.includes(name));
  if (unknown !== undefined) throw new Error(`routeRecords: ${undeclaredSecret(unknown, declared)}`);
}

function contextOf(secrets: Readonly<Record<string, string | Error>>): CallbackContext {
  return {
    secret: (name) => {
      const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
      if (typeof value === "string") return value;
      throw value ?? new Error(undeclaredSecret(name, Object.keys(secrets)));
    },
  };
}

async function resolved(environment: Routing["environment"]): Promise<Record<string, string>> {
  const output = pulumi.output(environment) as unknown as {
    isKnown: Promise<boolean>;
    promise(): Promise<Record<string, string>>;
  };
  if (await output.isKnown) return output.promise();
  throw new Error(
    "routeRecords: the router was declared with preview, and its environment is unknown; leave preview out",
  );
}

/** Runs the work with these variables in `process.env`, and restores the former ones. */
async function withVariables<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const former = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of former) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
