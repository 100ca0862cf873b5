/** Declares resources that exist, as inputs of components in any language. */
import type * as pulumi from "@pulumi/pulumi";
import { StreamIngest as IngestComponent } from "../../components/streamIngest";
import { made } from "./madeComponents";
import type { StreamIngest } from "./streamIngest";

/** A stream that another program or team owns. */
export interface ExistingStream {
  /** ARN of the stream. */
  streamArn: pulumi.Input<string>;
  /** Name of the stream. @default the name in the ARN */
  streamName?: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts the stream. @default none: a key of AWS, or no encryption */
  encryptionKeyArn?: pulumi.Input<string>;
  /** How long the stream keeps records, hours. @default 24, as for a new stream of Kinesis */
  retentionHours?: number;
  /** ARNs of consumers with dedicated throughput, by the names that the input `consumer` uses. @default none */
  consumerArns?: Record<string, pulumi.Input<string>>;
}

/** The stream of a component with both inputs. @throws when both are given, or none */
export function streamInput(
  who: string,
  stream: pulumi.Input<StreamIngest> | undefined,
  existingStream: ExistingStream | undefined,
): IngestComponent | ExistingStream {
  if (stream !== undefined && existingStream !== undefined) {
    throw new Error(`${who}: stream and existingStream are given; keep one of them.`);
  }
  if (stream === undefined && existingStream === undefined) {
    throw new Error(`${who}: stream is missing; give it, or existingStream.`);
  }
  return existingStream ?? made(`${who}: stream`, stream, IngestComponent);
}

/** A bucket that another program or team owns. */
export interface ExistingBucket {
  /** Name of the bucket. */
  bucketName: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts new objects by default. @default the `encryptionKeyArn` of the lake */
  encryptionKeyArn?: pulumi.Input<string>;
  /** The bucket's Region, so that a bucket of another Region is refused before anything uses it. @default not checked */
  region?: pulumi.Input<string>;
}

/** A Glue database that another program or team owns. */
export interface ExistingDatabase {
  /** ARN of the database, which is in the account and the Region of the lake. */
  databaseArn: pulumi.Input<string>;
}

/** An Athena workgroup that another program or team owns. */
export interface ExistingWorkgroup {
  /** Name of the workgroup, which is in the account and the Region of the lake. */
  workgroupName: pulumi.Input<string>;
  /** The workgroup's location of query results, as `s3://team-results/athena/`. */
  resultsLocation: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts query results. @default none */
  encryptionKeyArn?: pulumi.Input<string>;
}

/** A topic that another program or team owns. */
export interface ExistingTopic {
  /** ARN of the topic. */
  topicArn: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts the topic. @default none: a key of AWS, or no encryption */
  encryptionKeyArn?: pulumi.Input<string>;
}
