/** Compares table schemas: separates changes that break readers or producers from compatible ones. */
import { type ColumnType, elementType } from "../columns";
import type { RecordedColumn, RecordedTable, SchemaRecord } from "./record";

/** The changes of one table, as sentences. */
export interface Evolution {
  /** `lake/orders` */
  readonly table: string;
  /** Changes that break existing queries, hide rows, or refuse rows that are accepted now. */
  readonly breaks: readonly string[];
  /** Compatible changes. */
  readonly changes: readonly string[];
}

/** Every table whose record differs; empty if the declared schemas equal the recorded ones. */
export function evolutions(before: SchemaRecord, after: SchemaRecord): Evolution[] {
  const tables = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return tables
    .map((table) => evolution(table, before[table], after[table]))
    .filter(({ breaks, changes }) => breaks.length + changes.length > 0);
}

function evolution(table: string, before: RecordedTable | undefined, after: RecordedTable | undefined): Evolution {
  if (!before) return { table, breaks: [], changes: after ? ["the table is new"] : [] };
  if (!after) return { table, breaks: ["the table is removed, or has no schema any more"], changes: [] };
  const found = new Changes();
  compareColumns(before.columns, after.columns, found);
  comparePartitions(before, after, found);
  if (found.isEmpty && before.rules !== after.rules)
    found.changes.push("the rules that rows are checked by are others");
  return { table, breaks: found.breaks, changes: found.changes };
}

class Changes {
  readonly breaks: string[] = [];
  readonly changes: string[] = [];

  get isEmpty(): boolean {
    return this.breaks.length + this.changes.length === 0;
  }
}

function compareColumns(
  before: readonly RecordedColumn[],
  after: readonly RecordedColumn[],
  { breaks, changes }: Changes,
): void {
  const declared = new Map(after.map((column) => [column.name, column]));
  const recorded = new Set(before.map((column) => column.name));
  const added = after.filter((column) => !recorded.has(column.name));
  for (const column of before) {
    const now = declared.get(column.name);
    if (!now) {
      const renamed = added.find(({ type }) => type === column.type);
      breaks.push(`column "${column.name}" is removed${renamed ? ` or renamed to "${renamed.name}"` : ""}`);
      continue;
    }
    if (now.type !== column.type) {
      const change = `column "${column.name}" is ${now.type} instead of ${column.type}`;
      if (isWider(now.type, column.type)) changes.push(`${change}; its hours are written again`);
      else breaks.push(change);
    }
    if (now.path !== column.path)
      breaks.push(`column "${column.name}" is read from ${now.path}, not from ${column.path}`);
    if (now.required && !column.required) breaks.push(`${refused(column.name)}, which is optional now`);
    if (!now.required && column.required) changes.push(`column "${column.name}" is optional`);
  }
  for (const { name, required } of added) {
    if (required) breaks.push(`${refused(name)}, which is new`);
    else changes.push(`column "${name}" is new`);
  }
}

function refused(column: string): string {
  return `rows without "${column}" would go to unformatted/: it is required`;
}

function comparePartitions(before: RecordedTable, after: RecordedTable, { breaks, changes }: Changes): void {
  const shown = ({ partitions }: RecordedTable) => partitions.map(({ name, type }) => `${name} ${type}`).join(", ");
  if (shown(before) !== shown(after)) {
    breaks.push(`the table is partitioned by ${shown(after)} instead of ${shown(before)}`);
  }
  if (after.firstDay > before.firstDay) {
    breaks.push(`queries see nothing before ${after.firstDay}; they saw ${before.firstDay}`);
  } else if (after.firstDay !== before.firstDay) {
    changes.push(`queries see days from ${after.firstDay} on`);
  }
}

/**
 * True if queries on the narrower type return the same results on the wider one. A number as a string is not wider: it
 * sorts and adds differently.
 */
function isWider(type: string, than: string): boolean {
  const [item, itemBefore] = [elementType(type as ColumnType), elementType(than as ColumnType)];
  if (item !== undefined && itemBefore !== undefined) return isWider(item, itemBefore);
  return (than === "bigint" && type === "double") || (than === "date" && type === "timestamp");
}

/** Ways to handle breaks, for the error. */
export const WAYS_OUT =
  'Keep old columns and add new ones as optional; or give the new shape a table of its own ("orders_v2"), and let readers move; or, when nobody reads what breaks any more, record it: `streamlake schemas accept --breaking`.';
