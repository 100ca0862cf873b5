/** Publishes alerts on the rows of a stream to an SNS topic, each alert once a window, up to a limit. */
import type * as lambda from "@pulumi/aws/lambda";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { type AlertRules, isRuleName } from "../lake/alerts";
import { defaults } from "../lake/defaults";
import { checkFormats, DEFAULT_FORMATS, type FormatsConfig, formatLoaders } from "../lake/formats";
import { CallbackFunction, type CallbackFunctionTransform, functionNames } from "./callbackFunction";
import type { DataLake } from "./dataLake";
import { type FunctionSettings, functionSettingsProblems } from "./function/settings";
import { alertAccess } from "./lake/access";
import { refuseProblems, wholeNumberProblem } from "./parts/checks";
import { firstName } from "./parts/firstName";
import { nameProblems } from "./parts/names";
import { type Transform, transformed } from "./parts/transform";
import { type SchemaRegistry, schemaLookup } from "./schemaRegistry";
import { streamMapping } from "./stream/mapping";
import { type StreamMappingArgs, streamMappingProblems } from "./stream/mappingArgs";

/** The mapping's defaults are `defaults.alerts`. Lambda reports discarded batches to the topic. */
export interface ContentAlertsArgs extends StreamMappingArgs, FunctionSettings {
  /** The lake that remembers the published alerts, under its prefix `alerts/`. */
  lake: DataLake;
  /**
   * Inline callbacks by name (lower-case letters, digits and `-`). Each takes one row and returns false or the alert's text. The
   * same text of the same rule is published once a window, so it contains only what distinguishes two alerts. Rules are
   * part of the package: they `require` inside their body everything but plain values. Their second argument reads
   * `secrets`.
   * @example rules: { "large-order": (row) => Number(row.total) > 10_000 && `an order over 10000 in ${row.country}` }
   */
  rules: AlertRules;
  /** The formats that are tried, each with its options; usually those of the router. @default JSON, NDJSON and CSV */
  formats?: FormatsConfig;
  /** The registry of the schemas that records name by id in Glue's frame; usually that of the router. @default none: only declared schemas are known */
  schemaRegistry?: SchemaRegistry;
  /** Length of a window of arrival time, minutes; a divisor of the day's 1440. @default `defaults.alerts.windowMinutes` (60) */
  windowMinutes?: number;
  /** Maximum messages a window, of all rules together, 1 to 100; the last one announces the limit. @default `defaults.alerts.messagesPerWindow` (20) */
  messagesPerWindow?: number;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.alerts.memoryMebibytes` (512) */
  memoryMebibytes?: number;
  /** Maximum run time for one batch, seconds, 1 to 900. @default `defaults.alerts.timeoutSeconds` (120) */
  timeoutSeconds?: number;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: ContentAlertsTransform;
}

export interface ContentAlertsTransform {
  topic?: Transform<sns.TopicArgs>;
  function?: CallbackFunctionTransform;
  mapping?: Transform<lambda.EventSourceMappingArgs>;
}

/** The raw resources. */
export interface ContentAlertsNodes {
  /** Subscribe to it. */
  readonly topic: sns.Topic;
  readonly function: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
}

/** A topic, and a Lambda function on a stream beside the router's. Its failures never delay the router. */
export class ContentAlerts extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;
  readonly nodes: ContentAlertsNodes;

  constructor(name: string, args: ContentAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    check(name, args);
    super("streamlake:index:ContentAlerts", name, {}, opts);

    const topic = this.topic(name, args);
    const handler = this.handler(name, firstName(name, opts), args, topic);
    const mapping = this.mapping(name, args, handler, topic);
    this.nodes = { topic, function: handler, mapping };
    this.topicArn = topic.arn;

    this.registerOutputs({ topicArn: this.topicArn });
  }

  private topic(name: string, args: ContentAlertsArgs): sns.Topic {
    return new sns.Topic(
      ...transformed<sns.TopicArgs>(
        args.transform?.topic,
        `${name}-topic`,
        { kmsMasterKeyId: "alias/aws/sns" },
        { parent: this },
      ),
    );
  }

  /** @param first the component's first name: the published alerts are remembered under it, also after a rename */
  private handler(name: string, first: string, args: ContentAlertsArgs, topic: sns.Topic): CallbackFunction {
    const { rules, lake } = args;
    const config = {
      formats: args.formats ?? DEFAULT_FORMATS,
      prefix: `${lake.prefixes.alerts}${first}/`,
      windowMinutes: args.windowMinutes ?? defaults.alerts.windowMinutes,
      messagesPerWindow: args.messagesPerWindow ?? defaults.alerts.messagesPerWindow,
    };
    const formats = formatLoaders(config.formats);
    const schemas = schemaLookup(args.schemaRegistry);
    return new CallbackFunction(
      `${name}-alerts`,
      {
        description: "Says what rules find in the rows of a stream",
        factory: (context) => {
          const { createAlerts } = require("../functions/alerts") as typeof import("../functions/alerts");
          return createAlerts(config, { rules, context, formats, schemas: schemas?.() });
        },
        permissions: [
          ...args.stream.readAccess(args.consumer),
          ...alertAccess(lake.resources, first),
          ...(args.schemaRegistry ? [args.schemaRegistry.readAccess()] : []),
          { actions: ["sns:Publish"], resources: [topic.arn] },
          ...(args.permissions ?? []),
        ],
        secrets: args.secrets,
        vpc: args.vpc,
        environment: {
          ...args.environment,
          ALERTS_BUCKET: lake.bucketName,
          ALERTS_TOPIC: topic.arn,
          STREAM_NAME: args.stream.streamName,
        },
        memoryMebibytes: args.memoryMebibytes ?? defaults.alerts.memoryMebibytes,
        timeoutSeconds: args.timeoutSeconds ?? defaults.alerts.timeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.function,
      },
      { parent: this },
    );
  }

  private mapping(
    name: string,
    args: ContentAlertsArgs,
    handler: CallbackFunction,
    topic: sns.Topic,
  ): lambda.EventSourceMapping {
    return streamMapping(`${name}-mapping`, args, {
      parent: this,
      handler,
      defaults: defaults.alerts,
      // The router keeps the records; the topic reports that the rules did not see them.
      onFailureArn: topic.arn,
      countsEvents: false,
      transform: args.transform?.mapping,
    });
  }
}

const MINUTES_PER_DAY = 1440;

function check(name: string, args: ContentAlertsArgs): void {
  const { rules, windowMinutes } = args;
  const formats = args.formats ?? DEFAULT_FORMATS;
  refuseProblems("ContentAlerts", name, [
    /^[A-Za-z0-9_.-]+$/.test(name)
      ? undefined
      : `its name is part of object keys; use letters, digits, "_", "." and "-".`,
    ...nameProblems(name, [["SNS topic", "-topic"], ...functionNames("-alerts")]),
    Object.keys(rules).length === 0 ? "rules is empty; give at least one." : undefined,
    ...Object.entries(rules).map(([rule, says]) => ruleProblem(rule, says)),
    ...checkFormats(formats).map((problem) => `formats: ${problem}.`),
    ...streamMappingProblems(args, formats),
    ...functionSettingsProblems(args, ["ALERTS_BUCKET", "ALERTS_TOPIC", "STREAM_NAME"]),
    wholeNumberProblem("windowMinutes", windowMinutes, { min: 1, max: MINUTES_PER_DAY, unit: "minutes" }),
    windowMinutes !== undefined && MINUTES_PER_DAY % windowMinutes > 0
      ? `windowMinutes is ${windowMinutes}; use a divisor of the day's 1440, as 5, 15 or 60.`
      : undefined,
    wholeNumberProblem("messagesPerWindow", args.messagesPerWindow, { min: 1, max: 100, unit: "messages" }),
  ]);
}

function ruleProblem(rule: string, says: unknown): string | undefined {
  if (!isRuleName(rule)) {
    return `rule "${rule}" is not a name; use at most 64 lower-case letters, digits and "-", a letter first.`;
  }
  return typeof says === "function" ? undefined : `rule ${rule} is ${typeof says}; use an inline callback.`;
}
