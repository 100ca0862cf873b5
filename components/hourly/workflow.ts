/** The definition of the hourly state machine (Amazon States Language, JSONata), as plain data. */

import { notifyStates, startStates } from "../workflow/runStates";
import type { HourlyWorkflow, States } from "../workflow/states";
import { crawlStates } from "./crawlStates";
import { flattenStates, planStates, reconcileStates } from "./hourStates";

/**
 * Started by the schedule it names the hour and starts itself once for it; started with `{ "hour": "2026-11-20T10" }` it plans
 * the hours that need work, flattens them, crawls, reconciles, and succeeds only when all of that did.
 */
export function hourlyWorkflow(workflow: HourlyWorkflow) {
  return {
    Comment: "Hourly: plan, flatten, crawl, reconcile",
    QueryLanguage: "JSONata",
    StartAt: "HasHour",
    States: {
      ...startStates(),
      ...planStates(workflow),
      ...flattenStates(workflow),
      ...(workflow.crawlerName === undefined ? {} : crawlStates(workflow, workflow.crawlerName)),
      ...reconcileStates(workflow),
      ...notifyStates({
        topicArn: workflow.topicArn,
        subject: "Streamlake: the hourly step failed",
        error: "HourlyStepFailed",
      }),
    } satisfies States,
  };
}
