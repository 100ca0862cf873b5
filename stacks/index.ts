/** The Pulumi program: reads the stack's configuration, composes the lake, and exports what users of the stack need. */
import { readConfig } from "./config";
import { lakeStack } from "./lake";

const { ingest, lake, delivery, etl, replay, warehouse, view, api, alarms } = lakeStack(readConfig());

export = {
  streamName: ingest.streamName,
  bucketName: lake.bucketName,
  databaseName: lake.databaseName,
  workgroupName: lake.workgroupName,
  stateMachineArn: etl.stateMachineArn,
  /** Notified of failed hours; subscribe to it. */
  failureTopicArn: etl.failureTopicArn,
  /** Notified by every alarm, with `streamlake:alarms`; subscribe to it, or set `streamlake:alarmEmails`. */
  ...(alarms && { alarmTopicArn: alarms.topicArn }),
  /** Replays unusable records, if `streamlake:replay` is true: `streamlake replay --workflow <this>`. */
  ...(replay && { replayStateMachineArn: replay.stateMachineArn }),
  /** The delivery stream instead of a router, with `streamlake:delivery`. */
  ...(delivery && {
    deliveryStreamName: delivery.deliveryStreamName,
    backupBucketName: delivery.backupBucketName,
  }),
  /** The Redshift warehouse, with `streamlake:warehouse`: `streamlake query --warehouse --deployed`. */
  ...(warehouse && {
    warehouseWorkgroupName: warehouse.workgroupName,
    warehouseDatabaseName: warehouse.databaseName,
    warehouseStateMachineArn: warehouse.stateMachineArn,
  }),
  /** With `streamlake:servingTable`: the table that applications read by key. */
  ...(view && { viewTableName: view.tableName }),
  /** With `streamlake:ingestApi`: takes records at `/records` and `/batches`, and answers with items at `/items`. */
  ...(api && { apiUrl: api.url }),
};
