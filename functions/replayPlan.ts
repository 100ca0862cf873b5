/** The handler that plans a replay, step by step: adds up what was done, lists what comes next. */
import { planReplayStep, type ReplayPlanConfig, type ReplayStep, type ReplayStepInput } from "../lake/replay/plan";
import { environmentVariable } from "./effects/environment";
import { type ListPage, listPages } from "./effects/replayStore";

export interface ReplayPlanEffects {
  readonly page: ListPage;
  /** Bucket names. */
  readonly lake: string;
  readonly failed: string;
}

/** @param effects defaults to S3, with `LAKE_BUCKET` and `FAILED_BUCKET` from the environment */
export function createReplayPlan(
  config: ReplayPlanConfig,
  effects: ReplayPlanEffects = environmentEffects(),
): (input: ReplayStepInput) => Promise<ReplayStep> {
  const listing = {
    page: (source: "failed" | "unformatted", prefix: string, after: string) =>
      effects.page(source === "failed" ? effects.failed : effects.lake, prefix, after),
  };
  return (input) => planReplayStep(input, listing, config);
}

function environmentEffects(): ReplayPlanEffects {
  return { page: listPages(), lake: environmentVariable("LAKE_BUCKET"), failed: environmentVariable("FAILED_BUCKET") };
}
