/** Finds the objects of a catalog table that a query reads, and the partition of each. */
import type { Catalog, GlueTable } from "../../catalog/catalog";
import { parseFolder } from "../../catalog/location";
import type { ListedObject, ObjectReader } from "../../catalog/objects";
import { isProjected, projectedTable } from "./projection";

export interface TableFile {
  readonly path: string;
  readonly bytes: number;
  /** The partition values, in the order of the table's partition columns. */
  readonly values: readonly string[];
}

export async function tableFiles(
  catalog: Catalog,
  reader: ObjectReader,
  table: GlueTable,
  nowMillis: number,
): Promise<TableFile[]> {
  const source = isProjected(table) ? projectedTable(table, nowMillis) : registeredTable(catalog, table);
  const found = (await reader.list(source.bucket, source.prefix)).filter(isData).flatMap((object) => {
    const values = source.valuesOf(object.key);
    return values ? [{ object, values }] : [];
  });
  const paths = reader.open(
    source.bucket,
    found.map(({ object }) => object.key),
  );
  return found.map(({ object, values }, index) => ({ path: paths[index] as string, bytes: object.bytes, values }));
}

/** Like Athena, ignores objects whose names start with `_` or `.`. */
function isData({ key, bytes }: ListedObject): boolean {
  const name = key.slice(key.lastIndexOf("/") + 1);
  return bytes > 0 && !/^[_.]/.test(name) && !name.endsWith("$folder$");
}

/** The objects in the partitions that the catalog lists; other objects are not in the table. */
function registeredTable(catalog: Catalog, table: GlueTable) {
  const { bucket, prefix } = parseFolder(table.StorageDescriptor.Location);
  if (table.PartitionKeys.length === 0) return { bucket, prefix, valuesOf: () => [] };
  const values = new Map<string, readonly string[]>();
  for (const partition of catalog.partitions(table.DatabaseName, table.Name)) {
    values.set(parseFolder(partition.StorageDescriptor.Location).prefix, partition.Values);
  }
  return { bucket, prefix, valuesOf: (key: string) => values.get(key.slice(0, key.lastIndexOf("/") + 1)) };
}
