/** Sends groups of records in concurrent calls, and counts the sent records. */
import { CommandError } from "../errors";
import type { OutgoingRecord } from "./outgoingRecord";
import { type PutRecords, putGroup, type Redrive } from "./putGroup";

export interface Sent {
  records: number;
  byFormat: Record<string, number>;
  malformed: number;
  /** Payload bytes. */
  bytes: number;
  /** Records that were refused at first and accepted by a retry. */
  redriven: number;
}

export interface SendOptions extends Redrive {
  /** The maximum number of concurrent calls; more than one gives no order between calls. */
  readonly callsUnderWay: number;
  /** Called after each successful call. */
  readonly onProgress?: (sent: Readonly<Sent>) => void;
}

/** Takes the next group only when a call has ended, so memory is bounded for any number of groups. */
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
