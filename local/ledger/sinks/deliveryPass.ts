/** Transforms the records of a stream once by a delivery stream's function, and yields what becomes of each. */
import { createHash } from "node:crypto";
import type { IncomingRecord } from "../../../lake/record";
import { userRecords } from "../../../lake/routing/userRecords";
import type { LambdaService } from "../../services/lambda/service";
import { shardRecords } from "../shardRecords";

type Pass = Pick<ReturnType<LambdaService["openPass"]>, "invoke">;

export interface PassedRecord {
  /** `shard/sequence number/0`; the index of a user record of an aggregated one instead of 0. */
  readonly position: string;
  /** SHA-256 of the bytes that Firehose has. */
  readonly digest: string;
  /** `Unknown` for a record of a batch that the function fails on and that is not split any more. */
  readonly result: "Ok" | "Dropped" | "ProcessingFailed" | "Unknown";
  /** The places of the rows in the answer: an `_id` is the position, a dot and the place. */
  readonly places: readonly string[];
  /** The partition keys for Firehose's prefix; empty for an answer without rows. */
  readonly partitionKeys: Readonly<Record<string, string>>;
}

interface Answer {
  readonly records: readonly {
    readonly recordId: string;
    readonly result: PassedRecord["result"];
    readonly data?: string;
    readonly metadata?: { readonly partitionKeys?: Readonly<Record<string, string>> };
  }[];
}

/** Firehose's smallest batch, so that few records fail because of those before them. */
const BATCH_BYTES = 0.2 * 1024 * 1024;

/** Yields the records of some batches at a time, in the order of their shard. */
export async function* deliveryPass(
  pass: Pass,
  logs: readonly { readonly shard: string; readonly path: string }[],
  deliveryStreamArn: string,
): AsyncGenerator<PassedRecord[]> {
  const transformer = new Transformer(pass, deliveryStreamArn);
  for (const { shard, path } of logs) {
    for await (const some of shardRecords(path)) {
      let batch: IncomingRecord[] = [];
      let bytes = 0;
      for (const { data, ...record } of some) {
        for (const user of userRecords({ shard, ...record, payload: Buffer.from(data, "base64") })) {
          if (batch.length > 0 && bytes + user.payload.length > BATCH_BYTES) {
            yield transformer.transform(batch);
            batch = [];
            bytes = 0;
          }
          batch.push(user);
          bytes += user.payload.length;
        }
      }
      if (batch.length > 0) yield transformer.transform(batch);
    }
  }
}

/** Records in a row that the function fails on alone before batches are not split any more: each may cost a new process. */
const MAX_ALONE = 50;

/** Firehose keeps the bytes of a batch that the function fails on; the records of it that fail alone are those that it refuses. */
class Transformer {
  private failedAlone = 0;

  constructor(
    private readonly pass: Pass,
    private readonly deliveryStreamArn: string,
  ) {}

  async transform(batch: readonly IncomingRecord[]): Promise<PassedRecord[]> {
    const passed = await this.ask(batch);
    if (!passed) return this.inHalves(batch);
    this.failedAlone = 0;
    return this.withoutOthers(batch, passed);
  }

  /** @returns undefined if the function fails */
  private async ask(batch: readonly IncomingRecord[]): Promise<PassedRecord[] | undefined> {
    let answer: Answer | null;
    try {
      answer = (await this.pass.invoke(eventOf(batch, this.deliveryStreamArn))) as Answer | null;
    } catch {
      answer = null;
    }
    return Array.isArray(answer?.records) ? passedOf(batch, answer) : undefined;
  }

  /**
   * The function may refuse a record because of those before it in its batch, and Firehose has cut other batches. So it gets
   * the refused ones once more without the others, then in reverse, as long as that makes one of them pass.
   */
  private async withoutOthers(batch: readonly IncomingRecord[], passed: PassedRecord[]): Promise<PassedRecord[]> {
    const all = [...passed];
    // A batch in which all fail gets the same answer again.
    let tries = all.every(isRefused) ? 1 : 0;
    while (tries < 2) {
      const places = all.flatMap((each, place) => (isRefused(each) ? [place] : []));
      if (places.length <= tries) break;
      if (tries === 1) places.reverse();
      const again = await this.ask(places.flatMap((place) => batch[place] ?? []));
      again?.forEach((each, index) => {
        all[places[index] ?? 0] = each;
      });
      tries = again?.some((each) => !isRefused(each)) ? 0 : tries + 1;
    }
    return all;
  }

  private async inHalves(batch: readonly IncomingRecord[]): Promise<PassedRecord[]> {
    if (batch.length === 1 || this.failedAlone >= MAX_ALONE) {
      this.failedAlone += batch.length;
      const failed = passedOf(batch, { records: [] });
      return batch.length === 1 ? failed : failed.map((each) => ({ ...each, result: "Unknown" }));
    }
    const middle = Math.ceil(batch.length / 2);
    return [...(await this.transform(batch.slice(0, middle))), ...(await this.transform(batch.slice(middle)))];
  }
}

function isRefused({ result }: PassedRecord): boolean {
  return result === "ProcessingFailed";
}

function eventOf(batch: readonly IncomingRecord[], deliveryStreamArn: string): Buffer {
  const records = batch.map(({ shard, sequenceNumber, subSequence, partitionKey, arrivedMillis, payload }, index) => ({
    recordId: String(index),
    approximateArrivalTimestamp: arrivedMillis,
    data: Buffer.from(payload).toString("base64"),
    kinesisRecordMetadata: {
      shardId: shard,
      sequenceNumber,
      subsequenceNumber: subSequence === undefined ? "" : String(subSequence),
      partitionKey,
      approximateArrivalTimestamp: arrivedMillis,
    },
  }));
  return Buffer.from(JSON.stringify({ invocationId: "ledger", deliveryStreamArn, records }));
}

/** A record without an answer fails, as in Firehose. */
function passedOf(batch: readonly IncomingRecord[], { records }: Answer): PassedRecord[] {
  const answers = new Map(records.map((each) => [each.recordId, each]));
  return batch.map((record, index): PassedRecord => {
    const { shard, sequenceNumber, subSequence, payload } = record;
    const answered: Answer["records"][number] = answers.get(String(index)) ?? {
      recordId: "",
      result: "ProcessingFailed",
    };
    const position = `${shard}/${sequenceNumber}/${subSequence ?? 0}`;
    const places = answered.data === undefined ? [] : placesIn(Buffer.from(answered.data, "base64"), position);
    const partitionKeys = answered.metadata?.partitionKeys ?? {};
    return { position, digest: digestOf(payload), result: answered.result, places, partitionKeys };
  });
}

export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function placesIn(lines: Buffer, position: string): string[] {
  const head = `{"_id":"${position}.`;
  return lines
    .toString()
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const place = line.startsWith(head) ? /^\d+(?=")/.exec(line.slice(head.length))?.[0] : undefined;
      if (place === undefined) throw new Error(`the function makes a row of ${position} that has another _id`);
      return place;
    });
}
