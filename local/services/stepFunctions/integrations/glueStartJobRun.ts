/** `glue:startJobRun.sync`: a job run, started and polled until it ends; a run that fails is `States.TaskFailed` with the run as cause. */
import { type Json, withoutUndefined } from "../../../cloud/json";
import { WorkflowError } from "../workflowError";
import { glueJson } from "./glueJson";
import { argumentsOf, type Integration, withErrorNames } from "./integration";

/** AWS polls each minute, later each five; here a run takes seconds. */
const POLL_MILLIS = 1_000;
const FAILED = new Set(["FAILED", "TIMEOUT", "STOPPED", "ERROR", "EXPIRED"]);
const ERRORS = { prefix: "Glue", accessDenied: "AccessDeniedException" };

export const glueStartJobRun: Integration = async (call, service) => {
  const { JobName, Arguments } = argumentsOf(call, ["JobName", "Arguments"], ["JobName"]);
  const started = await withErrorNames(ERRORS, () =>
    service("glue", "StartJobRun", withoutUndefined({ JobName, Arguments })),
  );
  const { JobRunId } = started as { JobRunId: string };
  for (;;) {
    await call.clock.sleep(POLL_MILLIS, call.signal);
    const found = await withErrorNames(ERRORS, () => service("glue", "GetJobRun", { JobName, RunId: JobRunId }));
    const run = glueJson((found as { JobRun: object }).JobRun) as { [name: string]: Json };
    const state = String(run.JobRunState);
    if (state === "SUCCEEDED") return run;
    if (FAILED.has(state)) throw new WorkflowError("States.TaskFailed", JSON.stringify(run));
  }
};
