/** Firehose instead of a router: rows of sales in the lake, and a backup of each record as it came. */
import { DataLake, DeliveryStream, HourlyEtl, StreamIngest } from "streamlake";

const stream = new StreamIngest("sales");
const lake = new DataLake("lake", { tables: { sales: {} } });
new HourlyEtl("hourly", { lake });

const delivery = new DeliveryStream("sales-delivery", {
  stream,
  lake,
  hooks: { transform: (row) => (row.test === true ? undefined : row) },
  sourceBackup: true,
});

export const streamName = stream.streamName;
export const deliveryStreamName = delivery.deliveryStreamName;
export const backupBucketName = delivery.backupBucketName;
