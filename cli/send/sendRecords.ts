/** Sends groups of records with a few calls under way at once, and counts what went. */
import { CommandError } from "../errors";
import type { OutgoingRecord } from "./outgoingRecord";
import { type PutRecords, putGroup, type Redrive } from "./putGroup";

export interface Sent {
  records: number;
  byFormat: Record<string, number>;
  malformed: number;
  /** Payload bytes. */
  bytes: number;
  /** Records that a call refused and a later one took. */
  redriven: number;
}

export interface SendOptions extends Redrive {
  /** More than one gives up the order between calls, which PutRecords does not promise anyway. */
  readonly callsUnderWay: number;
  /** Told after each call that went. */
  readonly onProgress?: (sent: Readonly<Sent>) => void;
}

/** Groups are taken only as calls end, so memory is bounded however long the stream of groups is. */
export async function sendRecords(
  groups: AsyncIterable<readonly OutgoingRecord[]>,
  put: PutRecords,
  options: SendOptions,
): Promise<Sent> {
  const sent: Sent = { records: 0, byFormat: {}, malformed: 0, bytes: 0, redriven: 0 };
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  for await (const group of groups) {
    const call = putGroup(put, group, options)
      .then((redriven) => {
        count(sent, group, redriven);
        options.onProgress?.(sent);
      })
      .catch((error) => {
        failure ??= error;
      })
      .finally(() => underWay.delete(call));
    underWay.add(call);
    if (underWay.size >= options.callsUnderWay) await Promise.race(underWay);
    if (failure !== undefined) break;
  }
  await Promise.all(underWay);
  if (failure === undefined) return sent;
  if (!(failure instanceof Error) || options.signal.aborted) throw failure;
  throw new CommandError(`sending stopped after ${sent.records} records: ${failure.message}`, { cause: failure });
}

function count(sent: Sent, group: readonly OutgoingRecord[], redriven: number): void {
  sent.records += group.length;
  sent.redriven += redriven;
  for (const { made, payload } of group) {
    sent.bytes += payload.byteLength;
    if ("malformed" in made) sent.malformed++;
    else sent.byFormat[made.format] = (sent.byFormat[made.format] ?? 0) + 1;
  }
}
