/** Follows a subject through a lake: stream, objects, reasons, hours, tables. */
import { type Hour, hourOf, hourOfKey } from "../../lake/hour";
import type { LakePlace } from "../target/lakePlace";
import { type LandedArea, landedObjects, type StoredLanded } from "../target/landedObjects";
import type { Window } from "../target/window";
import { type Finding, findIn } from "./findings";
import type { StreamRecord } from "./inStream";
import { inTables, type TableHour, type TableSources } from "./inTables";
import { inViews, type ViewRows } from "./inViews";
import type { Subject } from "./subject";

export interface TraceSources extends TableSources {
  readonly lakes: readonly LakePlace[];
  /** The record in its stream; undefined if the stream does not have it. */
  stream(subject: Extract<Subject, { kind: "record" }>): Promise<StreamRecord | undefined>;
}

export interface Trace {
  readonly subject: Subject;
  /** The record in its stream; absent for other subjects, and for records that no stream has. */
  readonly stream?: StreamRecord;
  readonly findings: readonly Finding[];
  readonly tables: readonly TableHour[];
  /** The views of Parquet that Firehose wrote in these hours. */
  readonly views: readonly ViewRows[];
  /** The hours that were looked at; undefined for all. */
  readonly hours: readonly Hour[] | undefined;
  readonly listed: number;
  readonly read: { readonly objects: number; readonly bytes: number };
  readonly left: readonly StoredLanded[];
  /** True if there may be more records. */
  readonly isCut: boolean;
}

export async function trace(
  subject: Subject,
  sources: TraceSources,
  window: Window,
  nowMillis: number,
): Promise<Trace> {
  const stream = subject.kind === "record" ? await sources.stream(subject) : undefined;
  const hours = hoursOf(subject, stream, window);
  const objects: StoredLanded[] = [];
  for (const lake of sources.lakes) {
    for (const area of areasOf(subject)) objects.push(...(await landedObjects(lake, area, hours)));
  }
  objects.sort((left, right) => (left.hour < right.hour ? 1 : left.hour > right.hour ? -1 : 0));
  const { taken, left, findings, isCut } = await findIn(objects, subject, window.maxBytes);
  return {
    subject,
    ...(stream && { stream }),
    findings,
    tables: await inTables(findings, nowMillis, sources),
    views: await inViews(sources.lakes, subject, hours, sources.count),
    hours,
    listed: objects.length,
    read: { objects: taken.length, bytes: taken.reduce((sum, { size }) => sum + size, 0) },
    left,
    isCut,
  };
}

/** A record lands in the hour of its arrival, and a key names its hour. */
function hoursOf(subject: Subject, stream: StreamRecord | undefined, { hours }: Window): readonly Hour[] | undefined {
  if (subject.kind === "object") {
    const hour = hourOfKey(subject.key);
    return hour === undefined ? hours : [hour];
  }
  return stream === undefined ? hours : [hourOf(stream.arrivedMillis)];
}

function areasOf(subject: Subject): readonly LandedArea[] {
  if (subject.kind === "object" && /(^|\/)raw\//.test(subject.key)) return ["raw"];
  if (subject.kind === "object" && /(^|\/)unformatted\//.test(subject.key)) return ["unformatted"];
  return ["raw", "unformatted"];
}
