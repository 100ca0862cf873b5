/** A stream that keeps too little, unencrypted, and a bucket that is bare. */
import * as kinesis from "@pulumi/aws/kinesis";
import * as s3 from "@pulumi/aws/s3";

new kinesis.Stream("stream", { shardCount: 1, retentionPeriod: 24, encryptionType: "NONE" });
new s3.Bucket("bucket");
