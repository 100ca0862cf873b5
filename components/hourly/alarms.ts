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
/** Its metric comes once an hour, and some minutes later if an execution takes longer: a shorter time would end it while its cause lasts. */
const ONCE_AN_HOUR = { ...AT_ONCE, periodSeconds: HOUR_SECONDS, quietPeriods: 1 };

/** The metrics of functions/planHours.ts and functions/reconcile.ts; their dimension is the function. */
export function ledgerAlarms(name: string, { plan, reconcile, hasCrawler }: LedgerAlarmsOptions): AlarmRoles {
  const ofPlan = { namespace: "Streamlake", dimension: ["Function", plan.nodes.function.name] } as const;
  const ofReconcile = { namespace: "Streamlake", dimension: ["Function", reconcile.nodes.function.name] } as const;
  return {
    "hours-late": {
      ...ofPlan,
      ...ONCE_AN_HOUR,
      metricName: "HoursLate",
      statistic: "Maximum",
      periods: 2,
      description: `Hours that ${name} worked on, or missed, are not in Parquet; the plan's log counts them`,
    },
    "ledger-broken": {
      ...ofReconcile,
      ...ONCE_AN_HOUR,
      metricName: "BrokenTables",
      description: `${name} counted other rows in Parquet than in raw/; the hour is not sealed, and the failure's message has the counts`,
    },
    ...(hasCrawler && {
      "crawl-failed": {
        ...ofPlan,
        ...ONCE_AN_HOUR,
        metricName: "CrawlDue",
        description: `A crawl of ${name} failed, and none has succeeded since; new tables and columns are not in the catalog`,
      },
    }),
  };
}
