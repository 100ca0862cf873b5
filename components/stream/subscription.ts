/** Subscribes a handler to a stream: its function, the event source mapping, and their alarms. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as lambda from "@pulumi/aws/lambda";
import type * as pulumi from "@pulumi/pulumi";
import { CallbackFunction, type CallbackFunctionArgs, type CallbackFunctionTransform } from "../callbackFunction";
import type { OnStream } from "../existing/stream";
import type { FunctionSettings } from "../function/settings";
import { type AlarmRoles, componentAlarms } from "../parts/alarm";
import type { Monitoring } from "../parts/monitoring/monitoring";
import type { Permission } from "../parts/permission";
import type { TagsArgs } from "../parts/tags";
import type { Transform } from "../parts/transform";
import { type FailureWords, type StreamAlarmsArgs, streamAlarms } from "./alarms";
import { streamGraphs } from "./graphs";
import { type StreamMappingDefaults, streamMapping } from "./mapping";
import type { StreamMappingArgs } from "./mappingArgs";

/** The arguments that all handlers on streams have. */
export interface SubscriptionArgs extends StreamMappingArgs, FunctionSettings, TagsArgs {
  /** Memory, MiB, 128 to 10240; processor time grows with it. */
  memoryMebibytes?: number;
  /** Maximum run time for one batch, seconds, 1 to 900. */
  timeoutSeconds?: number;
  /** How long logs are kept, days. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  alarms?: StreamAlarmsArgs;
  transform?: SubscriptionTransform;
}

export interface SubscriptionTransform {
  function?: CallbackFunctionTransform;
  mapping?: Transform<lambda.EventSourceMappingArgs>;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

export interface SubscriptionOptions extends Pick<CallbackFunctionArgs, "description" | "factory"> {
  readonly parent: pulumi.Resource;
  /** The end of the function's name. */
  readonly role: string;
  readonly defaults: StreamMappingDefaults & { readonly memoryMebibytes: number; readonly timeoutSeconds: number };
  /** The class of the component. */
  readonly component: string;
  /** The alarms on the component's own metrics, in addition to those of every function on a stream. @default none */
  readonly ownAlarms?: AlarmRoles;
  /** The graphs of the component's own metrics. @default none */
  readonly ownGraphs?: Monitoring["graphs"];
  /** Those of the component, including access to the on-failure destination; reading the stream is always included. */
  readonly permissions: readonly Permission[];
  /** The component's own variables. */
  readonly environment?: Record<string, pulumi.Input<string>>;
  /** A bucket, which receives whole events, or a topic, which receives only their positions in the stream. */
  readonly onFailure: FailureWords & { readonly arn: pulumi.Input<string> };
}

export interface Subscription {
  readonly function: CallbackFunction;
  readonly mapping: lambda.EventSourceMapping;
  /**
   * With `alarms`: `iterator-age`, `expiring-records`, `throttles`, `errors`, `failed-batches`, `dropped-records` and
   * `failed-deliveries`.
   */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

export function subscribe(
  name: string,
  args: OnStream<SubscriptionArgs>,
  options: SubscriptionOptions,
): Subscription & { readonly monitoring: Monitoring } {
  const { parent, defaults, onFailure } = options;
  const handler = new CallbackFunction(
    `${name}-${options.role}`,
    {
      description: options.description,
      factory: options.factory,
      permissions: [...args.stream.readAccess(args.consumer), ...options.permissions, ...(args.permissions ?? [])],
      environment: { ...args.environment, ...options.environment },
      secrets: args.secrets,
      vpc: args.vpc,
      memoryMebibytes: args.memoryMebibytes ?? defaults.memoryMebibytes,
      timeoutSeconds: args.timeoutSeconds ?? defaults.timeoutSeconds,
      logRetentionDays: args.logRetentionDays,
      transform: args.transform?.function,
    },
    { parent },
  );
  // The alarms on failed batches and dropped records need these metrics. AWS charges for them.
  const countsEvents = args.eventMetrics ?? args.alarms !== undefined;
  const mapping = streamMapping(`${name}-mapping`, args, {
    parent,
    handler,
    defaults,
    onFailureArn: onFailure.arn,
    countsEvents,
    transform: args.transform?.mapping,
  });
  const batchWindowSeconds = args.batchWindowSeconds ?? defaults.batchWindowSeconds;
  const alarms = {
    ...streamAlarms(name, args, { handler, mapping, batchWindowSeconds, onFailure, countsEvents }),
    ...options.ownAlarms,
  };
  const declared = componentAlarms(name, alarms, args, parent);
  return {
    function: handler,
    mapping,
    alarms: declared,
    monitoring: {
      component: options.component,
      name,
      arn: handler.nodes.function.arn,
      alarms,
      declared,
      graphs: [...(options.ownGraphs ?? []), ...streamGraphs(name, { handler, mapping, countsEvents })],
      links: [{ label: name, logGroup: handler.nodes.logs.name }],
    },
  };
}
