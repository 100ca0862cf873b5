/** The definition of the hourly state machine (Amazon States Language, JSONata), as plain data. */

import { notifyStates, startStates } from "../workflow/runStates";
import type { HourlyWorkflow, States } from "../workflow/states";
import { crawlStates } from "./crawlStates";
import { flattenStates, planStates } from "./hourStates";
import { claimStates, releaseStates } from "./leaseStates";

/**
 * A scheduled start names the hour and starts one execution for it. An execution with `{ "hour": "2026-11-20T10" }`, or
 * with `{}` for the last closed hour, takes the lease, plans the hours that need work, flattens and seals each of them,
 * crawls, and plans again until nothing is left. It succeeds only if all of these steps succeed.
 */
export function hourlyWorkflow(workflow: HourlyWorkflow) {
  return {
    Comment: "Hourly: claim, plan, flatten and seal, crawl, release",
    QueryLanguage: "JSONata",
    StartAt: "HasHour",
    States: {
      ...startStates("Begin"),
      ...claimStates(workflow),
      ...planStates(workflow),
      ...flattenStates(workflow),
      ...(workflow.crawlerName === undefined ? {} : crawlStates(workflow, workflow.crawlerName)),
      ...releaseStates(workflow),
      ...notifyStates({
        topicArn: workflow.topicArn,
        subject: "Streamlake: the hourly step failed",
        error: "HourlyStepFailed",
      }),
    } satisfies States,
  };
}
