/** The whole pipeline: a stream, a router, a lake that answers SQL, and its hourly step. */
import { DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";

const stream = new StreamIngest("sales");
const lake = new DataLake("lake", {
  // Tables with declared columns need no crawler, which is the dearest part of a pipeline.
  tables: {
    records: {
      columns: [
        { name: "at", type: "timestamp" },
        { name: "payment", type: "string" },
        { name: "total", type: "double" },
      ],
    },
  },
});
new FormatRouter("router", { stream, lake });
const hourly = new HourlyEtl("hourly", { lake });

export const streamName = stream.streamName;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const failureTopicArn = hourly.failureTopicArn;
