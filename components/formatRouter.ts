/** Routes the records of a stream: each lands in the lake as rows, or as unformatted with its bytes and the reason. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { CallbackContext } from "../lake/callbackContext";
import { defaults } from "../lake/defaults";
import { DEFAULT_FORMATS, enabledFormats, formatLoaders } from "../lake/formats";
import type { RouterHooks } from "../lake/routing/hooks";
import type { CallbackFunction } from "./callbackFunction";
import { registryReadAccess } from "./existing/registry";
import { type OnStream, streamOf } from "./existing/stream";
import type { FunctionSettings } from "./function/settings";
import { failedBatchAccess, landAccess } from "./lake/access";
import type { Lake } from "./lake/lake";
import { claimLanding } from "./lake/landings";
import { functionPlaces } from "./package/functionPlaces";
import type { Monitoring } from "./parts/monitoring/monitoring";
import type { Permission } from "./parts/permission";
import { withTags } from "./parts/tags";
import { routerAlarms } from "./router/alarms";
import { checkFormatRouter, type FormatRouterArgs } from "./router/args";
import { routerGraphs } from "./router/graphs";
import { schemaLookup } from "./schemaRegistry";
import { subscribe } from "./stream/subscription";

/** The raw resources. */
export interface FormatRouterNodes {
  readonly function: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
  /**
   * With the argument `alarms`: `iterator-age`, `expiring-records`, `throttles`, `errors`, `failed-batches`,
   * `dropped-records`, `failed-deliveries`, `failed-writes`, `failed-hooks` and `unformatted`.
   */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/** The configuration by which a router routes records. */
export interface Routing {
  /**
   * Makes the handler; its formats, hooks and schemas are captured with it.
   *
   * @param instead replaces effects, for `streamlake/testing`; absent in packages
   */
  readonly factory: (
    context: CallbackContext,
    instead?: Partial<import("../functions/router").RouterOptions>,
  ) => (event: unknown) => Promise<object>;
  /** The environment variables that the handler's effects and hooks read. */
  readonly environment: Record<string, pulumi.Input<string>>;
  /** Permissions of hooks, and to look up the schemas that records name by id. */
  readonly permissions: readonly Permission[];
  readonly secrets: FunctionSettings["secrets"];
  readonly vpc: FunctionSettings["vpc"];
  readonly lake: Lake;
}

/** A router as `Replay` uses it. A `FormatRouter` is one, also that of another installed copy of this package. */
export interface RoutedRouter {
  readonly functionName: pulumi.Output<string>;
  readonly routing: Routing;
}

/** A Lambda function on a stream, and the event source mapping between them. */
export class FormatRouter extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly nodes: FormatRouterNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;
  /** For `Replay`, which routes records as this router does. */
  readonly routing: Routing;

  constructor(name: string, given: FormatRouterArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = { ...given, stream: streamOf(`FormatRouter "${name}"`, given.stream) };
    checkFormatRouter(name, args);
    claimLanding(args.lake, {
      component: "FormatRouter",
      name,
      stream: given.stream,
      source: args.source,
      table: args.hooks?.table ? undefined : (args.table ?? Object.keys(args.lake.tables)[0]),
    });
    // `streamlake lint` and the policy pack read them.
    const inputs = { formats: enabledFormats(args.formats ?? DEFAULT_FORMATS) };
    super("streamlake:index:FormatRouter", name, inputs, withTags("FormatRouter", name, args, opts));

    this.routing = this.routed(args);
    const { monitoring, ...subscription } = this.subscription(name, args);
    this.nodes = subscription;
    this.monitoring = monitoring;
    this.functionName = subscription.function.nodes.function.name;

    this.registerOutputs({ functionName: this.functionName });
  }

  private routed(args: OnStream<FormatRouterArgs>): Routing {
    const { raw, unformatted } = args.lake.prefixes;
    const hooks = args.hooks ?? {};
    const config = {
      formats: args.formats ?? DEFAULT_FORMATS,
      table: args.table ?? firstTable(args),
      prefixes: { raw, unformatted },
      concurrentWrites: args.concurrentWrites ?? defaults.router.concurrentWrites,
      ...(args.source !== undefined && { source: args.source }),
      ...placesOf(hooks),
      ...validatorsOf(args),
    };
    // The package contains the source of these loaders, which bring in only the codecs of these formats.
    const formats = formatLoaders(config.formats);
    const schemas = schemaLookup(args.schemaRegistry);
    return {
      factory: (context, instead) => {
        const { createRouter } = require("../functions/router") as typeof import("../functions/router");
        return createRouter(config, { hooks, context, formats, schemas: schemas?.(), ...instead });
      },
      environment: {
        ...args.environment,
        LAKE_BUCKET: args.lake.bucketName,
        STREAM_NAME: args.stream.streamName,
        ...(args.exposeHookErrors !== undefined && {
          EXPOSE_HOOK_ERRORS: pulumi.output(String(args.exposeHookErrors)),
        }),
      },
      permissions: [...this.registryAccess(args), ...(args.permissions ?? [])],
      secrets: args.secrets,
      vpc: args.vpc,
      lake: args.lake,
    };
  }

  private subscription(name: string, args: OnStream<FormatRouterArgs>) {
    return subscribe(name, args, {
      parent: this,
      component: "FormatRouter",
      ownAlarms: routerAlarms(name, args),
      ownGraphs: routerGraphs(name, args),
      role: "router",
      description: "Routes each record to raw/ or unformatted/",
      factory: this.routing.factory,
      defaults: defaults.router,
      permissions: [
        ...landAccess(args.lake.resources),
        ...failedBatchAccess(args.lake.resources),
        ...this.registryAccess(args),
      ],
      environment: this.routing.environment,
      onFailure: {
        arn: args.lake.resources.failedArn,
        discarded: "into the bucket of failed batches; `streamlake replay` routes them again",
        undelivered: "write failed batches of % to their bucket; check the role, the bucket and its key",
      },
    });
  }

  private registryAccess({ schemaRegistry }: FormatRouterArgs): Permission[] {
    return schemaRegistry ? [registryReadAccess] : [];
  }
}

/** Empty without hooks, so that the package does not change. */
function placesOf(hooks: RouterHooks): { hookPlaces?: Record<string, string> } {
  const hookPlaces = functionPlaces({ ...hooks });
  return Object.keys(hookPlaces).length > 0 ? { hookPlaces } : {};
}

/** Returns false if no table has a schema, so that the package does not change. */
function validatorsOf({ lake }: FormatRouterArgs) {
  const declared = Object.entries(lake.tables).flatMap(([table, { schema }]) =>
    schema ? [[table, schema.validator] as const] : [],
  );
  return declared.length > 0 && { validators: Object.fromEntries(declared) };
}

function firstTable({ lake }: FormatRouterArgs): string {
  return Object.keys(lake.tables)[0] ?? defaults.table;
}
