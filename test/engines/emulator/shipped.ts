/** The shipped program as the tests here deploy it: with its alarms, and not protected. */
import { readConfig } from "../../../stacks/config";
import { lakeStack } from "../../../stacks/lake";
import type { Deploying } from "./deploy/deploy";

export const SHIPPED: Deploying = {
  project: "streamlake",
  config: { "aws:region": "us-east-1", "streamlake:protect": "false", "streamlake:alarms": "true" },
  program: () => {
    const { lake, etl, ingest } = lakeStack(readConfig());
    return { bucket: lake.bucketName, machine: etl.stateMachineArn, stream: ingest.streamName };
  },
};
