/** The whole pipeline: a stream, a router, a lake that answers SQL, and its hourly step. */
import { DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";

const stream = new StreamIngest("clicks");
const lake = new DataLake("lake");
new FormatRouter("router", { stream, lake });
const hourly = new HourlyEtl("hourly", { lake });

export const streamName = stream.streamName;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const failureTopicArn = hourly.failureTopicArn;
