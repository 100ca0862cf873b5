/** Athena. */
import type { WorkgroupArgs } from "@pulumi/aws/athena";
import { on, resourceControl } from "../control";

export const athenaControls = [
  resourceControl(
    {
      id: "Athena.4",
      title: "Athena workgroups should have logging enabled",
      severity: "medium",
      remedy: "Leave configuration.publishCloudwatchMetricsEnabled out, or set it to true.",
    },
    on<WorkgroupArgs>("aws:athena/workgroup:Workgroup", ({ configuration }) =>
      configuration?.publishCloudwatchMetricsEnabled === false ? "publishes no metrics of its queries." : undefined,
    ),
  ),
];
