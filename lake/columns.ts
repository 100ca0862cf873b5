/** Column types of the lake's tables, as Glue and Athena name them, and checks of declared columns. */

export const SCALAR_TYPES = ["boolean", "bigint", "double", "string", "timestamp", "date"] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];
export type ColumnType = ScalarType | `array<${ScalarType}>`;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The field names that lead to its values. @default the path that flattens to the name */
  readonly path?: readonly string[];
  /** True if only nulls or empty lists were seen. Any other type replaces the guessed one. */
  readonly guessed?: true;
}

/** The first columns of every table; user columns never have these names. */
export const META_COLUMNS: readonly Column[] = [
  { name: "_id", type: "string" },
  { name: "_arrived", type: "timestamp" },
  { name: "_format", type: "string" },
];

/** The columns every table is partitioned by. */
export const PARTITION_COLUMNS: readonly Column[] = [
  { name: "dt", type: "string" },
  { name: "hour", type: "string" },
];

/** The columns of the table over unformatted records, besides its partition columns; all are strings. */
export const UNFORMATTED_COLUMNS: readonly string[] = ["id", "arrived", "reason", "detail", "stream", "key", "payload"];

/** Glue's limit for a column's name. */
export const MAX_COLUMN_NAME = 255;

const NAME = /^[a-z0-9_]{1,255}$/;

/** The names a user column cannot have. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(
  [...META_COLUMNS, ...PARTITION_COLUMNS].map((column) => column.name),
);

/** The name, or the name with as many `_` behind it as make it none of the columns'. */
export function freeName(name: string, columns: readonly Column[]): string {
  return columns.some((column) => column.name === name) ? freeName(`${name}_`, columns) : name;
}

/** The element type of `array<…>`, or undefined for a scalar. */
export function elementType(type: ColumnType): ScalarType | undefined {
  return /^array<(.*)>$/.exec(type)?.[1] as ScalarType | undefined;
}

/** True for the types that a column of the lake can have. */
export function isColumnType(text: string): text is ColumnType {
  const scalar = /^array<(.*)>$/.exec(text)?.[1] ?? text;
  return (SCALAR_TYPES as readonly string[]).includes(scalar);
}

/** The problems of declared columns, each with the column and a correct value; empty if there are none. */
export function checkColumns(columns: readonly Column[]): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  if (columns.length === 0) problems.push("a declared schema needs at least one column");
  for (const { name, type } of columns) {
    if (!NAME.test(name)) {
      problems.push(`column "${name}" is not a column name; use 1 to 255 lower-case letters, digits and "_"`);
    } else if (RESERVED_NAMES.has(name)) {
      problems.push(`column "${name}" is the lake's own; give it another name`);
    } else if (seen.has(name)) {
      problems.push(`column "${name}" is declared twice`);
    }
    if (!isColumnType(type)) {
      problems.push(`column "${name}" has type "${type}"; use ${SCALAR_TYPES.join(", ")} or array<…> of one of them`);
    }
    seen.add(name);
  }
  return problems;
}
