/** The router of a unit test: made before, or by the test's program; and the parts of it that its public type hides. */
import * as pulumi from "@pulumi/pulumi";
import type { SchemaLookup } from "../../formats/schemaIds/lookup";
import type { CallbackContext } from "../../lake/callbackContext";
import { type DeclareOptions, declare } from "../program/declare";

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
  /**
   * True to run the router's package, the bytes that Lambda would run, instead of the callbacks in it: this shows code
   * that does not survive the packaging. It takes about half a second more.
   * @default false
   */
  readonly packaged?: boolean;
}

export interface RouteEventsOptions extends RouteRecordsOptions {
  /** Answers for ids that `schemas` does not have, except with `packaged`. @default none */
  readonly lookUpSchema?: SchemaLookup;
}

export interface RegisteredSchema {
  readonly format: "avro" | "json" | "protobuf";
  /** Avro as JSON, or the content of a `.proto` file. */
  readonly text: string;
}

interface SecretSource {
  readonly secretArn?: pulumi.Input<string>;
  readonly parameterArn?: pulumi.Input<string>;
}

/** The part of a router that its public type does not show: see `Routing` in components/formatRouter.ts. */
export interface Routing {
  readonly factory: (context: CallbackContext, instead: object) => (event: unknown) => Promise<unknown>;
  readonly environment: Record<string, pulumi.Input<string>>;
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  readonly lake: { readonly prefixes: { readonly raw: string; readonly unformatted: string } };
}

export interface Router {
  readonly routing: Routing;
  readonly nodes: { readonly function: { readonly nodes: { readonly function: { readonly code: unknown } } } };
}

export async function routerOf(
  router: TestedRouter | (() => TestedRouter | Promise<TestedRouter>),
  { environment: _, secrets: __, schemas: ___, packaged: ____, ...options }: RouteRecordsOptions,
): Promise<Router> {
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
  const { routing } = (made ?? {}) as Partial<Router>;
  if (typeof routing?.factory === "function") return made as Router;
  const found = pulumi.Resource.isInstance(made) ? made.constructor.name : made === null ? "null" : typeof made;
  throw new Error(
    typeof router === "function"
      ? `routeRecords: the program returned ${found}; it must return its FormatRouter`
      : `routeRecords: expected a FormatRouter, or a program that returns one, and got ${found}`,
  );
}

export async function resolved(
  environment: Readonly<Record<string, pulumi.Input<string>>>,
): Promise<Record<string, string>> {
  const value = await settled(environment);
  if (value !== undefined) return value as Record<string, string>;
  throw new Error(
    "routeRecords: the router was declared with preview, and its environment is unknown; leave preview out",
  );
}

/** The value of an output; undefined if it is unknown. */
export async function settled(value: unknown): Promise<unknown> {
  const output = pulumi.output(value) as unknown as { isKnown: Promise<boolean>; promise(): Promise<unknown> };
  return (await output.isKnown) ? output.promise() : undefined;
}
