/** Describes the alarms on the hourly step's own metrics: on hours that stay open, counts that differ, and crawls that fail. */
import type { CallbackFunction } from "../callbackFunction";
import type { AlarmRoles } from "../parts/alarm";
import { AT_ONCE } from "../stream/alarms";

export interface LedgerAlarmsOptions {
  readonly plan: CallbackFunction;
  readonly reconcile: CallbackFunction;
  /** True if a crawler catalogs tables of the lake. */
  readonly hasCrawler: boolean;
}

const HOUR_SECONDS = 3600;

/** The metrics of functions/planHours.ts and functions/reconcile.ts; their dimension is the function. */
export function ledgerAlarms(name: string, { plan, reconcile, hasCrawler }: LedgerAlarmsOptions): AlarmRoles {
  const ofPlan = { namespace: "Streamlake", dimension: ["Function", plan.nodes.function.name] } as const;
  const ofReconcile = { namespace: "Streamlake", dimension: ["Function", reconcile.nodes.function.name] } as const;
  return {
    "hours-late": {
      ...ofPlan,
      ...AT_ONCE,
      metricName: "HoursLate",
      statistic: "Maximum",
      periodSeconds: HOUR_SECONDS,
      periods: 2,
      description: `Hours that ${name} worked on, or missed, are not in Parquet; the plan's log counts them`,
    },
    "ledger-broken": {
      ...ofReconcile,
      ...AT_ONCE,
      metricName: "BrokenTables",
      description: `${name} counted other rows in Parquet than in raw/; the hour is not sealed, and the failure's message has the counts`,
    },
    ...(hasCrawler && {
      "crawl-failed": {
        ...ofPlan,
        ...AT_ONCE,
        metricName: "CrawlDue",
        description: `The crawl of the last execution of ${name} did not succeed; new tables and columns are not in the catalog`,
      },
    }),
  };
}
