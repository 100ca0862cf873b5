/** Lists the hours with Parquet that Firehose writes into a lake. */
import { defaults } from "../../lake/defaults";
import { parseConvertedKey } from "../../lake/delivery/keys";
import { type Hour, partitionPath } from "../../lake/hour";
import { deliveredNames } from "../../lake/tableName";
import type { LakePlace } from "./lakePlace";

export interface ConvertedHour {
  /** The table of the files as delivered: `sales_delivered_files`. */
  readonly table: string;
  readonly hour: Hour;
}

/** @param hours all when undefined */
export async function convertedHours(
  { store, prefix }: LakePlace,
  hours: readonly Hour[] | undefined,
): Promise<ConvertedHour[]> {
  const found = new Map<string, ConvertedHour>();
  for await (const folder of store.listFolders(`${prefix}${defaults.prefixes.parquet}`)) {
    if (!folder.endsWith(`${deliveredNames("").files}/`)) continue;
    for (const within of hours?.map((hour) => `${folder}${partitionPath(hour)}/`) ?? [folder]) {
      for await (const { key } of store.list(within)) {
        const { table, hour } = parseConvertedKey(key) ?? {};
        if (table && hour) found.set(`${hour}/${table}`, { table, hour });
      }
    }
  }
  return [...found.values()];
}
