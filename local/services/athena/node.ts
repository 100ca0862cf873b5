/** A node of DuckDB's parse, as `json_serialize_sql` writes it. */
export type Node = Readonly<Record<string, unknown>>;
