/** Column types of the lake's tables, as Glue and Athena name them, and the rule by which two of them widen. */

export type ScalarType = "boolean" | "bigint" | "double" | "string" | "timestamp" | "date";
export type ColumnType = ScalarType | `array<${ScalarType}>`;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** The columns every table starts with; user columns never take these names. */
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
