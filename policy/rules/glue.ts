/** Glue. */
import type { JobArgs } from "@pulumi/aws/glue";
import { on, resourceControl } from "../control";

const OLDEST = 3;

export const glueControls = [
  resourceControl(
    {
      id: "Glue.4",
      title: "AWS Glue Spark jobs should run on supported versions of AWS Glue",
      severity: "medium",
      remedy: `Set glueVersion to "${OLDEST}.0" or later.`,
    },
    on<JobArgs>("aws:glue/job:Job", ({ command, glueVersion }) => {
      if (!["glueetl", "gluestreaming"].includes(command.name ?? "glueetl")) return undefined;
      if (glueVersion === undefined) return "glueVersion is not set.";
      return Number.parseFloat(glueVersion) >= OLDEST ? undefined : `glueVersion is "${glueVersion}".`;
    }),
  ),
];
