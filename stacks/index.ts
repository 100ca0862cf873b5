/** The Pulumi program: reads the stack's configuration, composes the lake, and exports what users of the stack need. */
import { readConfig } from "./config";
import { lakeStack } from "./lake";

const { ingest, lake, etl, replay } = lakeStack(readConfig());

export const streamName = ingest.streamName;
export const bucketName = lake.bucketName;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const stateMachineArn = etl.stateMachineArn;
/** Tells of failed hours; subscribe to it. */
export const failureTopicArn = etl.failureTopicArn;
/** Replays what could not be used, where `streamlake:replay` is true: `streamlake replay --workflow <this>`. */
export const replayStateMachineArn = replay?.stateMachineArn;
