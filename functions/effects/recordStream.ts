/** The interface of a stream for handlers that write to it, and its implementation on Kinesis. */
import { KinesisClient, type KinesisClientConfig, PutRecordCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis";

export interface StreamRecord {
  readonly payload: Uint8Array;
  readonly partitionKey: string;
}

/** The place of a record that the stream has taken. */
export interface TakenRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** A record that the stream has not taken. */
export interface RefusedRecord {
  /** Kinesis' code, as `ProvisionedThroughputExceededException`. */
  readonly refusal: string;
}

export interface RecordStream {
  /**
   * One call for 1 to 500 records, 5 MiB together. Resolves to a result for each record, in their order.
   *
   * @throws the client's error if the whole call fails
   */
  put(records: readonly StreamRecord[], timeoutMillis: number): Promise<(TakenRecord | RefusedRecord)[]>;
}

/** After it, an idle connection is closed: Lambda may have frozen the function, and Kinesis may have left. */
const IDLE_MILLIS = 10_000;

interface Connection {
  readonly client: KinesisClient;
  calls: number;
  isReplaced: boolean;
}

/** @param config region, endpoint and credentials. @default those of the environment */
export function kinesisStream(StreamName: string, config: KinesisClientConfig = {}): RecordStream {
  const connect = (): Connection => {
    const client = new KinesisClient({
      // The handler itself tries again, and only records that were not taken.
      maxAttempts: 1,
      // By default each call opens a connection: https://github.com/aws/aws-sdk-js-v3/issues/8279
      requestHandler: { disableConcurrentStreams: false, sessionTimeout: IDLE_MILLIS },
      ...config,
    });
    return { client, calls: 0, isReplaced: false };
  };
  let connection = connect();
  return {
    async put(records, timeoutMillis) {
      const sending = { abortSignal: AbortSignal.timeout(timeoutMillis) };
      const used = connection;
      const { client } = used;
      used.calls += 1;
      try {
        const [only] = records;
        if (records.length === 1 && only) {
          const { payload: Data, partitionKey: PartitionKey } = only;
          const { ShardId, SequenceNumber } = await client.send(
            new PutRecordCommand({ StreamName, Data, PartitionKey }),
            sending,
          );
          return [takenOf(ShardId, SequenceNumber)];
        }
        const Records = records.map(({ payload: Data, partitionKey: PartitionKey }) => ({ Data, PartitionKey }));
        const { Records: results = [] } = await client.send(new PutRecordsCommand({ StreamName, Records }), sending);
        if (results.length !== records.length) {
          throw new Error(`Kinesis answered for ${results.length} of ${records.length} records`);
        }
        return results.map(({ ErrorCode, ShardId, SequenceNumber }) =>
          ErrorCode === undefined ? takenOf(ShardId, SequenceNumber) : { refusal: ErrorCode },
        );
      } catch (error) {
        // Lambda freezes functions between events; a connection that died meanwhile hangs until it times out.
        if (statusOf(error) === undefined && !used.isReplaced) {
          used.isReplaced = true;
          connection = connect();
        }
        throw error;
      } finally {
        used.calls -= 1;
        // Its other calls may still be answered: to send their records again would double them.
        if (used.isReplaced && used.calls === 0) client.destroy();
      }
    },
  };
}

function takenOf(shardId: string | undefined, sequenceNumber: string | undefined): TakenRecord {
  if (shardId === undefined || sequenceNumber === undefined) throw new Error("Kinesis answered without a place");
  return { shardId, sequenceNumber };
}

/** The HTTP status of an error of Kinesis; undefined for one of the connection. */
export function statusOf(error: unknown): number | undefined {
  return (Object(error) as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
