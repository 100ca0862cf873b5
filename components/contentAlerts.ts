/** Publishes alerts on the rows of a stream to an SNS topic, each alert once a window, up to a limit. */
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { type AlertRules, isRuleName } from "../lake/alerts";
import { defaults } from "../lake/defaults";
import { checkFormats, DEFAULT_FORMATS, type FormatsConfig, formatLoaders } from "../lake/formats";
import { functionNames } from "./callbackFunction";
import { type RegistrySource, registryReadAccess } from "./existing/registry";
import { type OnStream, streamOf } from "./existing/stream";
import { type Topic, type TopicSource, topicOf, topicProblems } from "./existing/topic";
import { functionSettingsProblems } from "./function/settings";
import { alertAccess } from "./lake/access";
import type { Lake } from "./lake/lake";
import { refuseProblems, wholeNumberProblem } from "./parts/checks";
import { firstName } from "./parts/firstName";
import type { Monitoring } from "./parts/monitoring/monitoring";
import { nameProblems } from "./parts/names";
import { withTags } from "./parts/tags";
import { type Transform, transformed } from "./parts/transform";
import { schemaLookup } from "./schemaRegistry";
import { type StreamAlarmsArgs, streamAlarmsProblems } from "./stream/alarms";
import { streamMappingProblems } from "./stream/mappingArgs";
import { type Subscription, type SubscriptionArgs, type SubscriptionTransform, subscribe } from "./stream/subscription";

/** The mapping's defaults are `defaults.alerts`. Lambda reports discarded batches to the topic. */
export interface ContentAlertsArgs extends SubscriptionArgs {
  /** The lake that remembers the published alerts, under its prefix `alerts/`. */
  lake: Lake;
  /**
   * Inline callbacks by name (lower-case letters, digits and `-`). Each takes one row and returns false or the alert's text. The
   * same text of the same rule is published once a window, so it contains only what distinguishes two alerts. Rules are
   * part of the package: they `require` inside their body everything but plain values. Their second argument reads
   * `secrets`.
   * @example rules: { "large-order": (row) => Number(row.total) > 10_000 && `an order over 10000 in ${row.country}` }
   */
  rules: AlertRules;
  /**
   * A topic that exists, for the alerts: an `aws.sns.Topic`, or `{ topicArn, encryptionKeyArn? }`.
   * @default none: the component declares `<name>-topic`
   */
  topic?: TopicSource;
  /** The formats that are tried, each with its options; usually those of the router. @default JSON, NDJSON and CSV */
  formats?: FormatsConfig;
  /** The registry of the schemas that records name by id in Glue's frame; usually that of the router. @default none: only declared schemas are known */
  schemaRegistry?: RegistrySource;
  /** Length of a window of arrival time, minutes; a divisor of the day's 1440. @default `defaults.alerts.windowMinutes` (60) */
  windowMinutes?: number;
  /** Maximum messages a window, of all rules together, 1 to 100; the last one announces the limit. @default `defaults.alerts.messagesPerWindow` (20) */
  messagesPerWindow?: number;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.alerts.memoryMebibytes` (512) */
  memoryMebibytes?: number;
  /** Maximum run time for one batch, seconds, 1 to 900. @default `defaults.alerts.timeoutSeconds` (120) */
  timeoutSeconds?: number;
  /**
   * Alarms on records that wait, on failures, and on records that are discarded. CloudWatch charges for each alarm, and
   * charges the mapping's metrics as custom metrics.
   * @default none
   */
  alarms?: StreamAlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: ContentAlertsTransform;
}

export interface ContentAlertsTransform extends SubscriptionTransform {
  topic?: Transform<sns.TopicArgs>;
}

/** The raw resources. */
export interface ContentAlertsNodes extends Subscription {
  /** Subscribe to it. None with the argument `topic`. */
  readonly topic?: sns.Topic;
}

/** A topic, and a Lambda function on a stream beside the router's. Its failures never delay the router. */
export class ContentAlerts extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;
  readonly nodes: ContentAlertsNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;

  constructor(name: string, given: ContentAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = { ...given, stream: streamOf(`ContentAlerts "${name}"`, given.stream) };
    check(name, args);
    super("streamlake:index:ContentAlerts", name, {}, withTags("ContentAlerts", name, args, opts));

    const topic = this.topic(name, args);
    const { monitoring, ...subscription } = this.subscription(name, firstName(name, opts), args, topic);
    this.nodes = { topic: topic.node, ...subscription };
    this.monitoring = monitoring;
    this.topicArn = topic.arn;

    this.registerOutputs({ topicArn: this.topicArn });
  }

  private topic(name: string, args: ContentAlertsArgs): Topic & { readonly node?: sns.Topic } {
    if (args.topic) return topicOf(`ContentAlerts "${name}": topic`, args.topic);
    const node = new sns.Topic(
      ...transformed<sns.TopicArgs>(
        args.transform?.topic,
        `${name}-topic`,
        { kmsMasterKeyId: "alias/aws/sns" },
        { parent: this },
      ),
    );
    return { node, arn: node.arn, publishAccess: [{ actions: ["sns:Publish"], resources: [node.arn] }] };
  }

  /** @param first the component's first name: the published alerts are remembered under it, also after a rename */
  private subscription(name: string, first: string, args: OnStream<ContentAlertsArgs>, topic: Topic) {
    const { rules, lake } = args;
    const config = {
      formats: args.formats ?? DEFAULT_FORMATS,
      prefix: `${lake.prefixes.alerts}${first}/`,
      windowMinutes: args.windowMinutes ?? defaults.alerts.windowMinutes,
      messagesPerWindow: args.messagesPerWindow ?? defaults.alerts.messagesPerWindow,
    };
    const formats = formatLoaders(config.formats);
    const schemas = schemaLookup(args.schemaRegistry);
    return subscribe(name, args, {
      parent: this,
      component: "ContentAlerts",
      role: "alerts",
      description: "Says what rules find in the rows of a stream",
      factory: (context) => {
        const { createAlerts } = require("../functions/alerts") as typeof import("../functions/alerts");
        return createAlerts(config, { rules, context, formats, schemas: schemas?.() });
      },
      defaults: defaults.alerts,
      permissions: [
        ...alertAccess(lake.resources, first),
        ...(args.schemaRegistry ? [registryReadAccess] : []),
        ...topic.publishAccess,
      ],
      environment: {
        ALERTS_BUCKET: lake.bucketName,
        ALERTS_TOPIC: topic.arn,
        STREAM_NAME: args.stream.streamName,
      },
      onFailure: {
        // The router keeps the records; the topic reports that the rules did not see them.
        arn: topic.arn,
        discarded: "that its rules did not see; the message to its topic has their positions in the stream",
        undelivered: "report discarded records of % to its topic; check the role, the topic and its key",
      },
    });
  }
}

const MINUTES_PER_DAY = 1440;

function check(name: string, args: OnStream<ContentAlertsArgs>): void {
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
    ...streamAlarmsProblems(args),
    ...functionSettingsProblems(args, ["ALERTS_BUCKET", "ALERTS_TOPIC", "STREAM_NAME"]),
    wholeNumberProblem("windowMinutes", windowMinutes, { min: 1, max: MINUTES_PER_DAY, unit: "minutes" }),
    windowMinutes !== undefined && MINUTES_PER_DAY % windowMinutes > 0
      ? `windowMinutes is ${windowMinutes}; use a divisor of the day's 1440, as 5, 15 or 60.`
      : undefined,
    ...topicProblems(["topic", args.topic], ["transform.topic", args.transform?.topic]),
    wholeNumberProblem("messagesPerWindow", args.messagesPerWindow, { min: 1, max: 100, unit: "messages" }),
  ]);
}

function ruleProblem(rule: string, says: unknown): string | undefined {
  if (!isRuleName(rule)) {
    return `rule "${rule}" is not a name; use at most 64 lower-case letters, digits and "-", a letter first.`;
  }
  return typeof says === "function" ? undefined : `rule ${rule} is ${typeof says}; use an inline callback.`;
}
