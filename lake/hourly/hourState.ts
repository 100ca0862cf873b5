/** Tells how far the hourly step is with a table's hour, from the hour's raw objects and its entries in the ledger. */
import type { Hour } from "../hour";
import { hourOfReportKey, parseSealKey, readJobReport } from "./ledger";
import { type LedgerObject, unsealedHours } from "./planHours";

/**
 * `sealed`: the table has every row of the raw objects. `pending`: nothing has worked on the hour yet. `late`: objects
 * landed after the hour was sealed. `begun`: a run of the job has begun and not ended. `uncounted`: a run of the job has
 * ended, and its rows are not counted, or differ.
 */
export type HourStage = "sealed" | "pending" | "late" | "begun" | "uncounted";

export interface HourState {
  readonly stage: HourStage;
  /** The time of the seal, or of the last sign of the job, milliseconds since the epoch; undefined while pending. */
  readonly sinceMillis?: number;
  /** Rows of the table's hour, each once: the number that the seal counted. Absent unless sealed. */
  readonly rows?: number;
}

export interface HourObjects {
  readonly hour: Hour;
  /** Every key of the table's hour in `raw/`, sorted. */
  readonly rawKeys: readonly string[];
  /** The table's hour in the ledger. */
  readonly ledger: readonly LedgerObject[];
}

/** @param read an object of the ledger; undefined if it is gone */
export async function hourState(
  { hour, rawKeys, ledger }: HourObjects,
  read: (key: string) => Promise<Uint8Array | undefined>,
): Promise<HourState> {
  const seals = ledger.filter(({ key }) => parseSealKey(key)?.hour === hour);
  const report = ledger.find(({ key }) => hourOfReportKey(key) === hour);
  const latest = (objects: readonly LedgerObject[]) => Math.max(...objects.map(({ modifiedMillis }) => modifiedMillis));
  let isOpen = false;
  for await (const _ of unsealedHours(rawKeys, ledger)) isOpen = true;
  if (!isOpen && seals.length > 0) {
    const sinceMillis = latest(seals);
    const seal = seals.find(({ modifiedMillis }) => modifiedMillis === sinceMillis);
    const body = seal && (await read(seal.key));
    const { rows } = body ? (JSON.parse(Buffer.from(body).toString("utf8")) as { rows?: unknown }) : {};
    return { stage: "sealed", sinceMillis, ...(typeof rows === "number" && { rows }) };
  }
  if (!report) return seals.length > 0 ? { stage: "late", sinceMillis: latest(seals) } : { stage: "pending" };
  const sinceMillis = report.modifiedMillis;
  const isNewer = seals.every(({ modifiedMillis }) => modifiedMillis < sinceMillis);
  const body = await read(report.key);
  if (body !== undefined && readJobReport(report.key, body) === undefined) return { stage: "begun", sinceMillis };
  return isNewer ? { stage: "uncounted", sinceMillis } : { stage: "late", sinceMillis: latest(seals) };
}
