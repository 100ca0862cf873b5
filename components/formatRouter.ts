/** Routes the records of a stream: each lands in the lake as rows or, with its bytes and the reason, as unformatted. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { DEFAULT_FORMATS, formatLoaders } from "../lake/formats";
import type { RouterHooks } from "../lake/routing/hooks";
import { CallbackFunction } from "./callbackFunction";
import type { DataLake } from "./dataLake";
import { alarm } from "./parts/alarm";
import { functionPlaces } from "./package/functionPlaces";
import type { Permission } from "./parts/permission";
import type { FormatRouterArgs } from "./router/args";
import { checkFormatRouter } from "./router/checks";
import { schemaLookup } from "./schemaRegistry";
import { maxRecordAgeHours, streamMapping } from "./stream/mapping";

/** The raw resources. */
export interface FormatRouterNodes {
  readonly function: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
  /** `iterator-age`, `errors` and `failed-batches`, where alarms are asked for. */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/** What a router does with records. */
export interface Routing {
  /** Makes the handler; its formats, hooks and schemas are captured with it. */
  readonly factory: () => (event: unknown) => Promise<object>;
  /** What the handler's effects read. */
  readonly environment: Readonly<Record<string, pulumi.Output<string>>>;
  /** Looking schemas up, where records name them by id. */
  readonly permissions: readonly Permission[];
  readonly lake: DataLake;
}

/** A Lambda function on a stream, and the event source mapping between them. */
export class FormatRouter extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly nodes: FormatRouterNodes;
  /** For what routes records as this router does, from elsewhere. */
  readonly routing: Routing;

  constructor(name: string, args: FormatRouterArgs, opts?: pulumi.ComponentResourceOptions) {
    checkFormatRouter(name, args);
    super("streamlake:index:FormatRouter", name, {}, opts);

    this.routing = this.routed(args);
    const handler = this.handler(name, args);
    const mapping = this.mapping(name, args, handler);
    this.nodes = { function: handler, mapping, alarms: this.alarms(name, args, handler, mapping) };
    this.functionName = handler.nodes.function.name;

    this.registerOutputs({ functionName: this.functionName });
  }

  private routed(args: FormatRouterArgs): Routing {
    const { raw, unformatted } = args.lake.prefixes;
    const hooks = args.hooks ?? {};
    const config = {
      formats: args.formats ?? DEFAULT_FORMATS,
      table: args.table ?? firstTable(args),
      prefixes: { raw, unformatted },
      concurrentWrites: args.concurrentWrites ?? defaults.router.concurrentWrites,
      ...placesOf(hooks),
      ...validatorsOf(args),
    };
    // Their text travels in the package, and brings the codecs of these formats and no others.
    const formats = formatLoaders(config.formats);
    const schemas = schemaLookup(args.schemaRegistry);
    return {
      factory: () => {
        const { createRouter } = require("../functions/router") as typeof import("../functions/router");
        return createRouter(config, { hooks, formats, schemas: schemas?.() });
      },
      environment: {
        LAKE_BUCKET: args.lake.bucketName,
        STREAM_NAME: args.stream.streamName,
        ...(args.exposeHookErrors !== undefined && { EXPOSE_HOOK_ERRORS: pulumi.output(String(args.exposeHookErrors)) }),
      },
      permissions: args.schemaRegistry ? [args.schemaRegistry.readAccess()] : [],
      lake: args.lake,
    };
  }

  private handler(name: string, args: FormatRouterArgs): CallbackFunction {
    return new CallbackFunction(
      `${name}-router`,
      {
        description: "Routes each record to raw/ or unformatted/",
        factory: this.routing.factory,
        permissions: [
          ...args.stream.readAccess(args.consumer),
          ...args.lake.writeAccess(),
          ...args.lake.failedBatchAccess(),
          ...this.routing.permissions,
        ],
        environment: this.routing.environment,
        memoryMebibytes: args.memoryMebibytes ?? defaults.router.memoryMebibytes,
        timeoutSeconds: args.timeoutSeconds ?? defaults.router.timeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.function,
      },
      { parent: this },
    );
  }

  private mapping(name: string, args: FormatRouterArgs, handler: CallbackFunction): lambda.EventSourceMapping {
    return streamMapping(`${name}-mapping`, args, {
      parent: this,
      handler,
      defaults: defaults.router,
      onFailureArn: args.lake.failedBucketArn,
      // The metric behind the alarm on failed batches is published only when asked for.
      countsEvents: args.alarms !== undefined,
      transform: args.transform?.mapping,
    });
  }

  private alarms(
    name: string,
    args: FormatRouterArgs,
    handler: CallbackFunction,
    mapping: lambda.EventSourceMapping,
  ): Record<string, cloudwatch.MetricAlarm> {
    if (!args.alarms) return {};
    const { topicArn } = args.alarms;
    const declare = (role: string, options: Parameters<typeof alarm>[1]) =>
      alarm(`${name}-alarm-${role}`, options, { topicArn }, this, args.transform?.alarm);
    const common = { namespace: "AWS/Lambda", periodSeconds: 300, when: "at least", withoutData: "fine" } as const;
    const functionDimension = ["FunctionName", handler.nodes.function.name] as const;
    const halfAgeHours = maxRecordAgeHours(args, defaults.router) / 2;
    return {
      "iterator-age": declare("iterator-age", {
        ...common,
        description: `${name} is ${halfAgeHours} hours behind; at ${halfAgeHours * 2} hours batches are given up`,
        metricName: "IteratorAge",
        dimension: functionDimension,
        statistic: "Maximum",
        periods: 3,
        threshold: halfAgeHours * 3_600_000,
      }),
      errors: declare("errors", {
        ...common,
        description: `${name} fails, and its batches are tried again`,
        metricName: "Errors",
        dimension: functionDimension,
        statistic: "Sum",
        periods: 3,
        threshold: 1,
      }),
      "failed-batches": declare("failed-batches", {
        ...common,
        description: `${name} gave up on records; they are in the bucket of failed batches`,
        metricName: "OnFailureDestinationDeliveredEventCount",
        dimension: ["EventSourceMappingUUID", mapping.uuid],
        statistic: "Sum",
        periods: 1,
        threshold: 1,
      }),
    };
  }
}

/** Empty without hooks, so that the package stays as it is. */
function placesOf(hooks: RouterHooks): { hookPlaces?: Record<string, string> } {
  const hookPlaces = functionPlaces({ ...hooks });
  return Object.keys(hookPlaces).length > 0 ? { hookPlaces } : {};
}

/** Nothing where no table has a schema, so that the package stays as it is. */
function validatorsOf({ lake }: FormatRouterArgs) {
  const declared = Object.entries(lake.tables).flatMap(([table, { schema }]) =>
    schema ? [[table, schema.validator] as const] : [],
  );
  return declared.length > 0 && { validators: Object.fromEntries(declared) };
}

function firstTable({ lake }: FormatRouterArgs): string {
  return Object.keys(lake.tables)[0] ?? defaults.table;
}
