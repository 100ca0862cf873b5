/** Amazon Data Firehose. */
import type { FirehoseDeliveryStreamArgs } from "@pulumi/aws/kinesis";
import { on, resourceControl } from "../control";
import { isGiven } from "../unknown";

export const firehoseControls = [
  resourceControl(
    {
      id: "DataFirehose.1",
      title: "Firehose delivery streams should be encrypted at rest",
      severity: "medium",
      remedy: "Set serverSideEncryption.enabled to true.",
    },
    on<FirehoseDeliveryStreamArgs>("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", (inputs) => {
      // Firehose stores no data that it reads from a stream, and rejects the setting there.
      // https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
      if (isGiven(inputs, "kinesisSourceConfiguration") || isGiven(inputs, "mskSourceConfiguration")) return undefined;
      return inputs.serverSideEncryption?.enabled === true ? undefined : "is not encrypted at rest.";
    }),
  ),
];
