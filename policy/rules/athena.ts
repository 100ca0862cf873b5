/** Athena. */
import type { WorkgroupArgs } from "@pulumi/aws/athena";
import { on, resourceControl } from "../control";

export const athenaControls = [
  resourceControl(
    {
      id: "Athena.4",
      title: "Athena workgroups should have logging enabled",
      severity: "medium",
      remedy: "Omit configuration.publishCloudwatchMetricsEnabled, or set it to true.",
    },
    on<WorkgroupArgs>("aws:athena/workgroup:Workgroup", ({ configuration }) =>
      configuration?.publishCloudwatchMetricsEnabled === false ? "publishes no query metrics." : undefined,
    ),
  ),
];
