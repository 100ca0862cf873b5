/** The catalog's tables of a lake, in a world for Glue and Athena tests. */
import { DataLake } from "../../../components/dataLake";
import type { Column } from "../../../lake/columns";
import { declare } from "../../../local/testing";
import type { World } from "./glueWorld";

/** Declares the tables of a program's lake, on the world's bucket and database. */
export async function declareTables(world: World, program: () => DataLake): Promise<void> {
  const declared = await declare(() => program().bucketName);
  for (const { type, name, inputs } of declared.all("aws:glue/catalogTable:CatalogTable")) {
    const own = JSON.stringify(inputs).replaceAll(`s3://${declared.outputs}/`, "s3://lake/");
    await world.declare(type, name, JSON.parse(own) as Record<string, unknown>);
  }
}

/** Declares tables with these columns, and their live views. */
export function declareLiveTables(world: World, tables: Readonly<Record<string, readonly Column[]>>): Promise<void> {
  const args = Object.fromEntries(Object.entries(tables).map(([table, columns]) => [table, { columns }]));
  return declareTables(
    world,
    () => new DataLake("data", { tables: args, databaseName: "lake", firstDay: "2026-01-01" }),
  );
}
