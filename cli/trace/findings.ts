/** Finds the lines of a subject in landed objects: rows in `raw/`, records in `unformatted/`. */
import { readUnformattedLine, type UnformattedLine } from "../../lake/envelope";
import { compareSequence } from "../../lake/sequenceNumber";
import { type LandedArea, readLanded, type StoredLanded, type WithinBound, withinBytes } from "../target/landedObjects";
import type { Subject } from "./subject";

/** A record's lines in one object. */
export interface Finding {
  readonly area: LandedArea;
  readonly object: StoredLanded;
  /** `shardId-000000000003/4965…/0`; a refused row of `unformatted/` has its position, `…/0.17`. */
  readonly record: string;
  /** The rows that were found, of `raw/`. */
  readonly rowIds: readonly string[];
  /** ISO 8601, UTC. */
  readonly arrived: string;
  readonly stream: string;
  /** The stream partition key. */
  readonly partitionKey: string;
  /** The format of rows. */
  readonly format?: string;
  /** The reason why a record is unformatted. */
  readonly reason?: string;
  readonly detail?: string;
  readonly bytes?: number;
}

export interface Found extends WithinBound {
  readonly findings: readonly Finding[];
  /** True if there may be more records than `MAX_RECORDS`. */
  readonly isCut: boolean;
}

/** Records that are reported; a text may be in millions. */
export const MAX_RECORDS = 10;

/** Reads the objects whose keys may have the subject, newest hour first. */
export async function findIn(objects: readonly StoredLanded[], subject: Subject, maxBytes: number): Promise<Found> {
  const { taken, left } = withinBytes(
    objects.filter((object) => mayHave(object, subject)),
    maxBytes,
  );
  const findings: Finding[] = [];
  // A record may be in several objects: whatever is delivered at least once.
  const records = new Set<string>();
  for await (const { object, lines } of readLanded(taken)) {
    for (const finding of findingsOf(object, lines, subject)) {
      const isNew = !records.has(finding.record);
      if (isNew && records.size === MAX_RECORDS) return { taken, left, findings, isCut: true };
      records.add(finding.record);
      findings.push(finding);
    }
  }
  return { taken, left, findings, isCut: false };
}

/** Whether the object has the subject as far as its key tells. */
export function mayHave(object: StoredLanded, subject: Subject): boolean {
  if (subject.kind === "text") return true;
  if (subject.kind === "object") {
    return object.key === subject.key && (subject.bucket ?? object.place.bucket) === object.place.bucket;
  }
  const { shard, sequenceNumber } = subject;
  // Firehose delivered it.
  if (object.shard === undefined || object.first === undefined || object.last === undefined) return true;
  // A router with a source writes it before the shard.
  if (object.shard !== shard && !object.shard.endsWith(`.${shard}`)) return false;
  return compareSequence(object.first, sequenceNumber) <= 0 && compareSequence(sequenceNumber, object.last) <= 0;
}

function* findingsOf(object: StoredLanded, lines: readonly string[], subject: Subject): Generator<Finding> {
  if (object.area === "raw") yield* rowFindings(object, lines, subject);
  else {
    const isWanted = ({ id, key, payload }: UnformattedLine) =>
      subject.kind === "text"
        ? Buffer.from(payload).includes(subject.text) || key.includes(subject.text)
        : isSame(id, subject);
    for (const line of lines) {
      const read = readUnformattedLine(line);
      if (!isWanted(read)) continue;
      const { id, arrived, stream, key, reason, detail, payload } = read;
      const { area } = object;
      const found = { area, object, record: id, rowIds: [], arrived, stream, partitionKey: key };
      yield { ...found, reason, detail, bytes: payload.byteLength };
    }
  }
}

interface RawLine {
  readonly _id: string;
  readonly _arrived: string;
  readonly _format: string;
  readonly _stream: string;
  readonly _key: string;
}

/** The rows of a record in an object are one finding; rows that Firehose delivered twice count once. */
function* rowFindings(object: StoredLanded, lines: readonly string[], subject: Subject): Generator<Finding> {
  const escaped = subject.kind === "text" ? JSON.stringify(subject.text).slice(1, -1) : undefined;
  const found = new Map<string, { readonly finding: Finding; readonly rowIds: Set<string> }>();
  for (const line of lines) {
    // The key and the values come last.
    if (escaped !== undefined && !line.slice(line.indexOf(',"_key":')).includes(escaped)) continue;
    const {
      _id,
      _arrived: arrived,
      _format: format,
      _stream: stream,
      _key: partitionKey,
    } = JSON.parse(line) as RawLine;
    if (escaped === undefined && !isSame(_id, subject)) continue;
    const record = _id.slice(0, _id.lastIndexOf("."));
    const known = found.get(record);
    if (known) known.rowIds.add(_id);
    // One more than are shown, so that the cut is known.
    else if (found.size <= MAX_RECORDS) {
      const finding: Finding = { area: "raw", object, record, rowIds: [], arrived, stream, partitionKey, format };
      found.set(record, { finding, rowIds: new Set([_id]) });
    }
  }
  for (const { finding, rowIds } of found.values()) yield { ...finding, rowIds: [...rowIds] };
}

/** True for the id itself, for what is below it, and for every id of an object. */
function isSame(id: string, subject: Subject): boolean {
  if (subject.kind !== "record") return true;
  // The id may have a source that the subject leaves out.
  const at = id.indexOf(subject.shard);
  const own = at > 0 && id[at - 1] === "." ? id.slice(at) : id;
  return own === subject.id || [".", "/"].some((sign) => own.startsWith(`${subject.id}${sign}`));
}
