/** What alerts are told: the rules, how often they may speak, and every setting of their event source mapping. */
import type * as lambda from "@pulumi/aws/lambda";
import type * as sns from "@pulumi/aws/sns";
import type { AlertRules } from "../../lake/alerts";
import type { FormatsConfig } from "../../lake/formats";
import type { CallbackFunctionTransform } from "../callbackFunction";
import type { DataLake } from "../dataLake";
import type { Transform } from "../parts/transform";
import type { SchemaRegistry } from "../schemaRegistry";
import type { StreamMappingArgs } from "../stream/mappingArgs";

/** The defaults of the mapping are `defaults.alerts`; batches that fail for good are told of on the topic. */
export interface ContentAlertsArgs extends StreamMappingArgs {
  /** The lake that keeps what was said already, under its prefix `alerts/`. */
  lake: DataLake;
  /**
   * Inline callbacks by name (lower-case letters, digits and `-`): each looks at one row and returns false, or what is to be
   * said. The same text of the same rule is said once a window, so it holds what tells two alerts apart, and no more. Rules
   * travel in the package: what they use besides plain values, they `require` inside their body.
   * @example rules: { "large-order": (row) => Number(row.total) > 10_000 && `an order over 10000 in ${row.country}` }
   */
  rules: AlertRules;
  /** The formats that are tried, each with its options; the router's own, as a rule. @default JSON, NDJSON and CSV */
  formats?: FormatsConfig;
  /** Where schemas come from that records name by id in Glue's frame; the router's own, as a rule. @default none: only declared schemas are known */
  schemaRegistry?: SchemaRegistry;
  /** Length of a window, minutes; a divisor of the day's 1440. Windows are of arrival time. @default `defaults.alerts.windowMinutes` (60) */
  windowMinutes?: number;
  /** Messages that a window may send, of all rules together, 1 to 100; the last one says that it is. @default `defaults.alerts.messagesPerWindow` (20) */
  messagesPerWindow?: number;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.alerts.memoryMebibytes` (512) */
  memoryMebibytes?: number;
  /** Longest run for one batch, seconds, 1 to 900. @default `defaults.alerts.timeoutSeconds` (120) */
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
