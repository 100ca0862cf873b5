/** Compares the schemas that a lake declares with the recorded ones, before any resource is declared. */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { evolutions, WAYS_OUT } from "../../lake/schemas/evolution";
import { readSchemaRecord, recordedTable, SCHEMA_RECORD, type SchemaRecord } from "../../lake/schemas/record";
import { projectDirectory } from "../package/programDirectory";
import { refuseProblems } from "../parts/checks";
import { COMPONENT_KEYS, readKey } from "../parts/config";
import type { DataLakeArgs } from "./args";

/**
 * The schemas of a lake in the form of the record. They are the component's inputs, so that the command can read them.
 * All stacks share one record, so it contains the program's first day, never that of `streamlake:firstDay`.
 */
export function declaredSchemas(
  name: string,
  { tables = {}, firstDay = defaults.firstDay }: DataLakeArgs,
): SchemaRecord {
  const declared = Object.entries(tables).flatMap(([table, { schema }]) =>
    schema ? [[`${name}/${table}`, recordedTable(schema, firstDay)] as const] : [],
  );
  return Object.fromEntries(declared);
}

/**
 * Without a record, logs a warning. With a record, refuses every change that is not recorded; changes that break
 * readers must be recorded explicitly. `streamlake:checkSchemas: false` in a stack's configuration switches the check
 * off.
 *
 * @throws for a change that is not recorded; the error lists the breaking changes and the ways out
 */
export function checkSchemaRecord(name: string, declared: SchemaRecord): void {
  if (!readKey(COMPONENT_KEYS, "checkSchemas")) return;
  const file = path.join(projectDirectory() ?? process.cwd(), SCHEMA_RECORD);
  if (!existsSync(file)) {
    if (Object.keys(declared).length > 0) void pulumi.log.warn(unrecorded(name));
    return;
  }
  const recorded = Object.entries(readSchemaRecord(file, readFileSync(file, "utf8")));
  const ours = Object.fromEntries(recorded.filter(([table]) => table.startsWith(`${name}/`)));
  const found = evolutions(ours, declared);
  const breaks = found.flatMap(({ table, breaks }) => breaks.map((text) => `\n  ${table}: ${text}`));
  const changes = found.flatMap(({ table, changes }) => changes.map((text) => `\n  ${table}: ${text}`));
  refuseProblems("DataLake", name, [
    breaks.length > 0
      ? `schemas differ from ${SCHEMA_RECORD} in what breaks:${breaks.join("")}\n${WAYS_OUT}`
      : undefined,
    breaks.length === 0 && changes.length > 0
      ? `schemas differ from ${SCHEMA_RECORD}:${changes.join("")}\nNothing of it breaks readers; record it: \`streamlake schemas accept\`.`
      : undefined,
  ]);
}

function unrecorded(name: string): string {
  return `DataLake "${name}" has schemas and no ${SCHEMA_RECORD}, so that changes which break readers go unnoticed; record them: \`streamlake schemas accept\`.`;
}
