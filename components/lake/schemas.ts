/** What a lake's tables declare: a schema gives the table its columns. */
import type { Column } from "../../lake/columns";
import type { LakeTable } from "./args";

/** Tables as they were given, columns of schemas filled in. */
export function withSchemas(tables: Readonly<Record<string, LakeTable>>): Record<string, LakeTable> {
  const filled = Object.entries(tables).map(([table, declared]) => {
    const { schema } = declared;
    return [table, schema ? { ...declared, columns: schema.columns } : declared] as const;
  });
  return Object.fromEntries(filled);
}

/** Declared columns by table, as the hourly step needs them. */
export function declaredColumns(tables: Readonly<Record<string, LakeTable>>): Record<string, Column[]> {
  const declared = Object.entries(tables).flatMap(([table, { columns }]) =>
    columns ? [[table, columns.map(({ name, type, path }) => ({ name, type, ...(path && { path }) }))] as const] : [],
  );
  return Object.fromEntries(declared);
}
