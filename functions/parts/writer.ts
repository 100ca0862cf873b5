/** Writes several objects concurrently, and collects failed writes instead of stopping at the first. */
import { compareSequence } from "../../lake/sequenceNumber";
import type { ObjectStore } from "../effects/objectStore";

export interface WriteFailure {
  readonly key: string;
  /** The lowest sequence number of the records in the object. */
  readonly firstSequence: string;
  readonly error: unknown;
}

export interface Writer {
  /** Starts the write; waits first while the maximum number of writes is in progress. */
  write(key: string, body: Uint8Array, firstSequence: string): Promise<void>;
  /** Waits for all writes; returns the failed ones, by sequence number. */
  finish(): Promise<WriteFailure[]>;
}

export function createWriter(store: Pick<ObjectStore, "putIfAbsent">, concurrentWrites: number): Writer {
  const underWay = new Set<Promise<void>>();
  const failures: WriteFailure[] = [];

  async function put(key: string, body: Uint8Array, firstSequence: string): Promise<void> {
    try {
      await store.putIfAbsent(key, body);
    } catch (error) {
      failures.push({ key, firstSequence, error });
    }
  }

  return {
    async write(key, body, firstSequence) {
      while (underWay.size >= concurrentWrites) await Promise.race(underWay);
      const write: Promise<void> = put(key, body, firstSequence).finally(() => underWay.delete(write));
      underWay.add(write);
    },
    async finish() {
      await Promise.all(underWay);
      return failures.sort((left, right) => compareSequence(left.firstSequence, right.firstSequence));
    },
  };
}
