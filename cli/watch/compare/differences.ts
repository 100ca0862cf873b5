/** Compares what a router landed before and after a change: rows by table, and the reasons of unformatted records. */
import { isDeepStrictEqual } from "node:util";
import type { Value } from "../../../formats/row";
import { stringifyRow } from "../../../formats/values/stringifyRow";
import { generalDetail } from "../../../lake/reasons";
import { readRawLine } from "../../../local/testing/routedRecords";
import { type LandedRow, type Outcome, type Refused, recordOf } from "./outcome";

export interface ColumnDifference {
  /** A nested column has a path, `store.id`; null for the whole row. */
  readonly column: string | null;
  /** JSON; undefined for no such column. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface RowDifference {
  readonly id: string;
  /** Of an added or removed row: one difference, of the whole row. */
  readonly columns: readonly ColumnDifference[];
}

/** Rows of a table that differ in the same way. */
export interface RowGroup {
  readonly table: string;
  /** `"added"`, `"removed"`, `"changed"`, `"moved from records"` */
  readonly kind: string;
  readonly rows: number;
  /** The first of them. */
  readonly examples: readonly RowDifference[];
}

/** Records that landed before, or land now, have no reason. */
export interface ReasonGroup {
  readonly before: Refused | undefined;
  readonly after: Refused | undefined;
  /** Records and single rows. */
  readonly records: number;
  /** The id of one of them. */
  readonly example: string;
}

export interface Differences {
  /** By table and kind. */
  readonly rows: readonly RowGroup[];
  /** The most frequent first. */
  readonly reasons: readonly ReasonGroup[];
}

/** @param maxExamples of each kind in each table */
export function differencesOf(before: Outcome, after: Outcome, maxExamples: number): Differences {
  return { rows: rowGroups(before.rows, after.rows, maxExamples), reasons: reasonGroups(before, after) };
}

type Rows = ReadonlyMap<string, LandedRow>;

function rowGroups(before: Rows, after: Rows, maxExamples: number): RowGroup[] {
  const groups = new Map<string, RowGroup & { examples: RowDifference[] }>();
  const note = (id: string, was: LandedRow | undefined, is: LandedRow | undefined) => {
    const { table } = (is ?? was) as LandedRow;
    const kind = !was ? "added" : !is ? "removed" : was.table === table ? "changed" : `moved from ${was.table}`;
    const name = `${table} ${kind}`;
    const group = groups.get(name) ?? { table, kind, rows: 0, examples: [] };
    groups.set(name, { ...group, rows: group.rows + 1 });
    if (group.examples.length < maxExamples) group.examples.push({ id, columns: columnsOf(was, is) });
  };
  for (const [id, is] of after) {
    const was = before.get(id);
    if (!was || was.table !== is.table || !isSame(was.line, is.line)) note(id, was, is);
  }
  for (const [id, was] of before) if (!after.has(id)) note(id, was, undefined);
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}

/** JSON that passes a hook may be written in another way: `1.0` becomes `1`. */
function isSame(was: string, is: string): boolean {
  return was === is || isDeepStrictEqual(readRawLine(was), readRawLine(is));
}

function columnsOf(was: LandedRow | undefined, is: LandedRow | undefined): ColumnDifference[] {
  if (!was || !is) return [{ column: null, before: rowOf(was), after: rowOf(is) }];
  const [before, after] = [valuesOf(was), valuesOf(is)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((column) => ({ column, before: before.get(column), after: after.get(column) }))
    .filter((values) => values.before !== values.after);
}

function rowOf(landed: LandedRow | undefined): string | undefined {
  return landed && stringifyRow(readRawLine(landed.line).data);
}

/** The values by column, as JSON. */
function valuesOf({ line }: LandedRow): Map<string, string> {
  const { _format: format, data } = readRawLine(line);
  const values = new Map<string, string>();
  const add = (column: string, value: Value) => {
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    const members = isNested ? Object.entries(value) : [];
    for (const [name, member] of members) add(`${column}.${name}`, member);
    // The object around the value is left out.
    if (members.length === 0) values.set(column, stringifyRow({ value }).slice('{"value":'.length, -1));
  };
  for (const [name, value] of Object.entries(data)) add(name, value);
  values.set("_format", JSON.stringify(format));
  return values;
}

function reasonGroups(before: Outcome, after: Outcome): ReasonGroup[] {
  const groups = new Map<string, ReasonGroup>();
  const note = (id: string, was: Refused | undefined, is: Refused | undefined) => {
    const name = JSON.stringify([was, is].map((refused) => refused && [refused.reason, kindOf(refused)]));
    const group = groups.get(name) ?? { before: was, after: is, records: 0, example: id };
    groups.set(name, { ...group, records: group.records + 1 });
  };
  for (const [id, is] of after.unformatted) {
    // A row that is refused by itself may have been refused with its whole record.
    const was = before.unformatted.get(id) ?? before.unformatted.get(recordOf(id));
    if (!was || was.reason !== is.reason || withoutLines(was) !== withoutLines(is)) note(id, was, is);
  }
  const isRefusedByRow = new Set([...after.unformatted.keys()].map(recordOf));
  for (const [id, was] of before.unformatted) {
    const isStill = after.unformatted.has(id) || after.unformatted.has(recordOf(id)) || isRefusedByRow.has(id);
    if (!isStill) note(id, was, undefined);
  }
  return [...groups.values()].sort((one, other) => other.records - one.records);
}

/** A change of the program moves the lines of its errors. */
function withoutLines({ detail }: Refused): string {
  return detail.replace(/(\.[cm]?[jt]sx?):\d+/g, "$1");
}

/** The same for records that differ in their numbers, or in the message of a hook's error, which may quote a row. */
export function kindOf({ reason, detail }: Refused): string {
  return generalDetail(reason === "hook" ? detail.replace(/(\(.+?:\d+.*?\)): .*/s, "$1") : detail);
}
