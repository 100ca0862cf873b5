/** Kinesis Data Streams. */
import type { StreamArgs } from "@pulumi/aws/kinesis";
import { on, resourceControl } from "../control";

const STREAM = "aws:kinesis/stream:Stream";
const DEFAULT_RETENTION_HOURS = 24;

export const kinesisControls = [
  resourceControl(
    {
      id: "Kinesis.1",
      title: "Kinesis streams should be encrypted at rest",
      severity: "medium",
      remedy: 'Set encryptionType to "KMS", and kmsKeyId to a key ("alias/aws/kinesis" is AWS\' own).',
    },
    on<StreamArgs>(STREAM, ({ encryptionType }) =>
      encryptionType === "KMS" ? undefined : "is not encrypted at rest.",
    ),
  ),
  resourceControl(
    {
      id: "Kinesis.3",
      title: "Kinesis streams should have an adequate data retention period",
      severity: "medium",
      remedy: "Set retentionPeriod to at least that many hours.",
      parameters: {
        minimumBackupRetentionPeriod: {
          type: "integer",
          minimum: 24,
          maximum: 8760,
          default: 168,
          description: "Minimum retention of records, in hours.",
        },
      },
    },
    on<StreamArgs>(STREAM, ({ retentionPeriod = DEFAULT_RETENTION_HOURS }, config) => {
      const hours = Number(config.minimumBackupRetentionPeriod ?? 168);
      return retentionPeriod >= hours ? undefined : `keeps records for ${retentionPeriod} hours instead of ${hours}.`;
    }),
  ),
];
