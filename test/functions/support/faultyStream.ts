/** A stream that refuses records by a script or by chance, and remembers each record that it was given and took. */
import type { RecordStream, StreamRecord } from "../../../functions/effects/recordStream";
import type { PutEffects } from "../../../functions/parts/putAll";

/** A fault of one call: codes of records by their index in the call, or an error of the whole call. */
export type Fault = Readonly<Record<number, string>> | Error | undefined;

export interface FaultyStream extends PutEffects {
  /** The payloads of each call. */
  readonly calls: string[][];
  /** The payloads that were taken, in the order of the sequence numbers. */
  readonly taken: string[];
  readonly waits: number[];
  readonly timeouts: number[];
}

export const START = 1_000_000;

/** An error as the SDK throws it. @param status undefined for an error of the connection */
export function kinesisError(name: string, status?: number): Error {
  return Object.assign(new Error("no"), { name, $metadata: { httpStatusCode: status } });
}

/**
 * @param fault the fault of a call, by its number
 * @param millis the duration of a call
 */
export function faultyStream(fault: (call: number, size: number) => Fault, millis = 0): FaultyStream {
  let now = START;
  const [calls, taken, waits, timeouts] = [[] as string[][], [] as string[], [] as number[], [] as number[]];
  const stream: RecordStream = {
    async put(records: readonly StreamRecord[], timeoutMillis) {
      const found = fault(calls.length, records.length);
      calls.push(records.map(({ payload }) => Buffer.from(payload).toString()));
      timeouts.push(timeoutMillis);
      now += millis;
      if (found instanceof Error) throw found;
      return records.map(({ payload }, index) => {
        const refusal = found?.[index];
        if (refusal !== undefined) return { refusal };
        taken.push(Buffer.from(payload).toString());
        return { shardId: "shardId-000000000000", sequenceNumber: String(taken.length) };
      });
    },
  };
  const sleep = async (wait: number) => {
    waits.push(wait);
    now += wait;
  };
  return { stream, now: () => now, sleep, random: () => 0.5, calls, taken, waits, timeouts };
}
