/** The Pulumi program: reads the stack's configuration, composes the lake, and exports what users of the stack need. */
import { readConfig } from "./config";
import { lakeStack } from "./lake";

const { ingest, lake, etl, replay } = lakeStack(readConfig());

export = {
  streamName: ingest.streamName,
  bucketName: lake.bucketName,
  databaseName: lake.databaseName,
  workgroupName: lake.workgroupName,
  stateMachineArn: etl.stateMachineArn,
  /** Notified of failed hours; subscribe to it. */
  failureTopicArn: etl.failureTopicArn,
  /** Replays unusable records, if `streamlake:replay` is true: `streamlake replay --workflow <this>`. */
  ...(replay && { replayStateMachineArn: replay.stateMachineArn }),
};
