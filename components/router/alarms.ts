/** Describes the alarms on a router's own metrics: on records that are unformatted or not written, and on hooks. */
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { DEFAULT_FORMATS, enabledFormats } from "../../lake/formats";
import type { OnStream } from "../existing/stream";
import type { AlarmLimits, AlarmRoles } from "../parts/alarm";
import { AT_ONCE } from "../stream/alarms";
import type { FormatRouterArgs, RouterAlarmsArgs } from "./args";

/** The namespace of the router's own metrics (functions/parts/routedCounts.ts); their dimension is the stream. */
const NAMESPACE = "Streamlake";

/** The alarms on the router's own metrics, in addition to those of every handler on a stream. */
export function routerAlarms(name: string, args: OnStream<FormatRouterArgs>): AlarmRoles {
  const ofRouter = { namespace: NAMESPACE, dimension: ["Stream", args.stream.streamName] } as const;
  return {
    "failed-writes": {
      ...ofRouter,
      ...AT_ONCE,
      metricName: "FailedWrites",
      periods: 3,
      description: `${name} cannot write objects to the lake, and Lambda retries its batches; check the role, the bucket and its key`,
    },
    "failed-hooks": {
      ...ofRouter,
      ...AT_ONCE,
      metricNames: hookMetrics(args),
      description: `A hook of ${name} throws or returns the wrong type; the records are in unformatted/, reason "hook"`,
    },
    unformatted: { ...ofRouter, ...AT_ONCE, ...unformatted(name, args.alarms) },
  };
}

/** The metrics of the reason `hook`, one per format. An alarm reads at most ten metrics, and there are ten formats. */
function hookMetrics({ formats = DEFAULT_FORMATS }: FormatRouterArgs): string[] {
  return enabledFormats(formats).map((format) => `Unformatted.hook.${format}`);
}

/**
 * The share of lines: a row that lands is a line in `raw/`, and a record or CSV row that does not is a line in
 * `unformatted/`. A record has many rows, so its rows cannot be compared with a number of records.
 */
function unformatted(name: string, alarms: Partial<RouterAlarmsArgs> = {}) {
  const { unformattedPercent, unformattedRecords, unformattedPeriodMinutes } = {
    ...defaults.router.alarms,
    ...Object.fromEntries(Object.entries(alarms).filter(([, value]) => value !== undefined)),
  };
  return {
    description: ({ threshold }: AlarmLimits) =>
      pulumi.interpolate`At least ${threshold} percent of what ${name} routes is unformatted; the query "unformatted" counts it by reason`,
    metricNames: ["Unformatted", "Rows"],
    expression: ([bad, good]: readonly string[]) =>
      `IF(${bad} >= ${unformattedRecords}, 100 * ${bad} / (${bad} + ${good}), 0)`,
    periodSeconds: unformattedPeriodMinutes * 60,
    threshold: unformattedPercent,
  } as const;
}
