/** The cost of streams, their consumers, and Firehose. */
import { HOURS_A_MONTH, type Model, numberOf, type Part, type Traffic } from "../model";
import { costOf, type PriceName } from "../prices";
import { gigabytesPerMillion, isOnDemand, neededShards, shardsOf } from "../streamRates";

/** PUT payload units (https://aws.amazon.com/kinesis/data-streams/pricing/). */
const PUT_UNIT_BYTES = 25 * 1024;
/** Retention of these hours is in the price of the data; beyond the second number it is long-term retention. */
const FREE_HOURS = 24;
const EXTENDED_HOURS = 168;
/**
 * Firehose charges what it takes and what it converts in these steps, and what it partitions by the data and the objects that
 * it delivers (https://aws.amazon.com/firehose/pricing/).
 */
const FIREHOSE_STEP_BYTES = 5 * 1024;

export const stream: Model = (resource, _program, traffic) => {
  const { inputs } = resource;
  const retained = numberOf(inputs.retentionPeriod, FREE_HOURS);
  const gigabytes = gigabytesPerMillion(traffic);
  const kept = (hours: number, price: PriceName, part: string): Part[] =>
    hours <= 0
      ? []
      : [
          {
            part,
            perMillionUsd: costOf(price, (gigabytes * hours) / HOURS_A_MONTH),
            prices: [price],
            basis: `${shown(gigabytes)} GB for ${hours} hours`,
          },
        ];
  const long = kept(retained - EXTENDED_HOURS, "streamKeptLong", "retention beyond 168 hours");
  const requests: Part[] =
    inputs.encryptionType === "KMS"
      ? [
          {
            part: "requests to KMS",
            prices: ["kmsRequest"],
            open: "one about every 5 minutes for each producer and reader",
          },
        ]
      : [];
  if (isOnDemand(resource)) {
    return [
      hours("on-demand stream", 1, "streamHour", "stream"),
      {
        part: "data written",
        perMillionUsd: costOf("streamIn", gigabytes),
        prices: ["streamIn"],
        basis: `${shown(gigabytes)} GB per million, records in steps of 1 KB`,
      },
      ...kept(Math.min(retained, EXTENDED_HOURS) - FREE_HOURS, "streamKept", "retention beyond 24 hours"),
      ...long,
      ...requests,
    ];
  }
  const shards = shardsOf(resource, traffic);
  const units = Math.ceil(traffic.recordBytes / PUT_UNIT_BYTES);
  return [
    hours("shards", shards, "shardHour", "shard", tooFew(shards, traffic)),
    {
      part: "data written",
      perMillionUsd: costOf("shardPut", units * 1_000_000),
      prices: ["shardPut"],
      basis: `${units} PUT payload unit${units === 1 ? "" : "s"} a record`,
    },
    ...(retained > FREE_HOURS ? [hours("retention beyond 24 hours", shards, "shardKept", "shard")] : []),
    ...long,
    ...requests,
  ];
};

function hours(part: string, count: number, price: PriceName, unit: string, more = ""): Part {
  const basis = `${count} ${unit}${count === 1 ? "" : "s"}, ${HOURS_A_MONTH} hours${more}`;
  return { part, fixedUsd: costOf(price, count * HOURS_A_MONTH), prices: [price], basis };
}

function tooFew(shards: number, traffic: Traffic): string {
  const needed = neededShards(traffic);
  return needed > shards ? `; this traffic needs ${needed}` : "";
}

export const streamConsumer: Model = (resource, program, traffic) => {
  const of = program.byArn("aws:kinesis/stream:Stream", resource.inputs.streamArn);
  if (!of) {
    const open = "the mode of its stream is not known; the program does not declare it";
    return [{ part: "enhanced fan-out", prices: ["streamFanOut", "consumerHour", "consumerOut"], open }];
  }
  const gigabytes = gigabytesPerMillion(traffic);
  const read = (price: PriceName): Part => ({
    part: "data read by enhanced fan-out",
    perMillionUsd: costOf(price, gigabytes),
    prices: [price],
    basis: `${shown(gigabytes)} GB per million`,
  });
  if (isOnDemand(of)) return [read("streamFanOut")];
  return [hours("enhanced fan-out", shardsOf(of, traffic), "consumerHour", "shard"), read("consumerOut")];
};

export const firehose: Model = ({ inputs }, program, traffic) => {
  const source = (inputs.kinesisSourceConfiguration as { kinesisStreamArn?: string } | undefined)?.kinesisStreamArn;
  const s3 = (inputs.extendedS3Configuration ?? {}) as Readonly<Record<string, { enabled?: boolean } | undefined>>;
  const isPartitioned = isOn(s3.dynamicPartitioningConfiguration, false);
  const taken = { gigabytes: gigabytesPerMillion(traffic, FIREHOSE_STEP_BYTES), of: ", records in steps of 5 KB" };
  const delivered = { gigabytes: (traffic.recordBytes * 1_000_000) / 2 ** 30, of: "" };
  const features = [
    { part: "data delivered", price: "firehose", size: taken, isUsed: true },
    {
      part: "format conversion",
      price: "firehoseFormat",
      size: taken,
      isUsed: isOn(s3.dataFormatConversionConfiguration, true),
    },
    { part: "dynamic partitioning", price: "firehosePartition", size: delivered, isUsed: isPartitioned },
  ] as const;
  const used = features.filter(({ isUsed }) => isUsed);
  const objects: Part[] = isPartitioned
    ? [{ part: "objects of partitions", prices: ["firehoseObject"], open: "one or more for each partition and buffer" }]
    : [];
  if (source === undefined) {
    const open = "the records that producers put into it directly are not known";
    return [...used.map(({ part, price }) => ({ part, prices: [price], open })), ...objects];
  }
  const known: Part[] = used.map(({ part, price, size: { gigabytes, of } }) => ({
    part,
    perMillionUsd: costOf(price, gigabytes),
    prices: [price],
    basis: `${shown(gigabytes)} GB per million${of}`,
  }));
  return [...known, ...objects, ...readOf(program.byArn("aws:kinesis/stream:Stream", source), traffic)];
};

function isOn(block: { enabled?: boolean } | undefined, byDefault: boolean): boolean {
  return block !== undefined && (block.enabled ?? byDefault);
}

/** The reading of a stream by a mapping or by Firehose; shards do not charge for it. */
export function readOf(of: Parameters<Model>[0] | undefined, traffic: Traffic): readonly Part[] {
  if (!of) {
    const open = "the mode of the stream is not known; the program does not declare it";
    return [{ part: "data read", prices: ["streamOut"], open }];
  }
  if (!isOnDemand(of)) return [];
  const gigabytes = gigabytesPerMillion(traffic);
  const basis = `${shown(gigabytes)} GB per million`;
  return [{ part: "data read", perMillionUsd: costOf("streamOut", gigabytes), prices: ["streamOut"], basis }];
}

function shown(gigabytes: number): string {
  return gigabytes.toFixed(2);
}
