/** Where the emulator and local are known to answer otherwise as Kinesis. */
import type { Difference } from "./difference";

const KINESIS = "https://docs.aws.amazon.com/kinesis/latest/APIReference/";

export const KINESIS_DIFFERENCES: readonly Difference[] = [
  {
    calls: ["summary of a stream"],
    lines: ["StreamDescriptionSummary.MaxRecordSizeInKiB: 1024 | -"],
    right: "local",
    aws: "The summary tells the largest record of the stream.",
    source: `${KINESIS}API_StreamDescriptionSummary.html`,
  },
  {
    calls: ["an explicit hash key out of range"],
    lines: ["InvalidArgumentException 400 | answers"],
    right: "local",
    aws: "Hash keys are 128-bit integers.",
    source: `${KINESIS}API_PutRecordsRequestEntry.html`,
  },
  {
    calls: ["put no records", "an empty partition key"],
    lines: ["ValidationException 400 | answers"],
    right: "local",
    aws: "At least one record, and at least one character of a partition key.",
    source: `${KINESIS}API_PutRecords.html`,
  },
  {
    calls: ["put a record of a byte more than 1 MiB, its key counted"],
    lines: ["ValidationException 400 | answers"],
    right: "local",
    aws: "Payload and partition key have at most the stream's record size together, 1 MiB unless it was raised.",
    source: `${KINESIS}API_PutRecord.html`,
  },
  {
    calls: ["put more than 10 MiB"],
    lines: ["error: InvalidArgumentException 400 | ValidationException 400"],
    right: "both",
    aws: "A request has at most 10 MiB, partition keys included; which of its errors it is, AWS does not document.",
    source: `${KINESIS}API_PutRecords.html`,
  },
  {
    calls: ["an iterator at a sequence number that is none", "an iterator at no sequence number"],
    lines: ["InvalidArgumentException 400 | answers"],
    right: "local",
    aws: "AT_SEQUENCE_NUMBER asks for a sequence number, which matches 0|([1-9]\\d{0,128}).",
    source: `${KINESIS}API_GetShardIterator.html`,
  },
  {
    calls: ["read with an iterator that is none"],
    lines: ["error: InvalidArgumentException 400 | ExpiredIteratorException 400"],
    right: "local",
    aws: "ExpiredIteratorException is of iterators older than five minutes.",
    source: `${KINESIS}API_GetRecords.html`,
  },
  {
    calls: ["read 10,001"],
    lines: ["ValidationException 400 | answers"],
    right: "local",
    aws: "The limit is at most 10,000.",
    source: `${KINESIS}API_GetRecords.html`,
  },
];
