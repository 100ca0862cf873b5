/** The handler that plans a replay step by step: adds up the results of the last chunks, and lists the next ones. */
import { planReplayStep, type ReplayPlanConfig, type ReplayStep, type ReplayStepInput } from "../lake/replay/plan";
import type { ReplaySource } from "../lake/replay/request";
import { environmentVariable } from "./effects/environment";
import { environmentClient, type ObjectStore, s3ObjectStore } from "./effects/objectStore";

/** The bucket of each source. */
export type ReplayPlanEffects = Readonly<Record<ReplaySource, Pick<ObjectStore, "listPage">>>;

/** @param effects defaults to S3, with `LAKE_BUCKET` and `FAILED_BUCKET` from the environment */
export function createReplayPlan(
  config: ReplayPlanConfig,
  effects: ReplayPlanEffects = environmentEffects(),
): (input: ReplayStepInput) => Promise<ReplayStep> {
  const page = (source: ReplaySource, prefix: string, after: string) => effects[source].listPage(prefix, after);
  return (input) => planReplayStep(input, { page }, config);
}

function environmentEffects(): ReplayPlanEffects {
  const client = environmentClient();
  return {
    failed: s3ObjectStore(environmentVariable("FAILED_BUCKET"), { client }),
    unformatted: s3ObjectStore(environmentVariable("LAKE_BUCKET"), { client }),
  };
}
