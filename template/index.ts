/** The program that `pulumi up` deploys and `streamlake local` runs. Commands find the stream and the lake by its outputs. */
import { pipeline } from "./pipeline";

const { stream, lake, hourly } = pipeline();

export const streamName = stream.streamName;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const failureTopicArn = hourly.failureTopicArn;
