/** A node of DuckDB's parse tree, as `json_serialize_sql` returns it. */
export type Node = Readonly<Record<string, unknown>>;
