/** Reads how far the hourly step is with a table's hour, from the objects of a lake. */
import { defaults } from "../../lake/defaults";
import { type Hour, partitionPath } from "../../lake/hour";
import { type HourState, hourState } from "../../lake/hourly/hourState";
import type { LakePlace } from "./lakePlace";

export async function tableHourState({ store, prefix }: LakePlace, table: string, hour: Hour): Promise<HourState> {
  const below = (area: "raw" | "ledger") =>
    store.list(`${prefix}${defaults.prefixes[area]}${table}/${partitionPath(hour)}/`);
  const rawKeys: string[] = [];
  for await (const { key } of below("raw")) rawKeys.push(key);
  const ledger = [];
  for await (const object of below("ledger")) ledger.push(object);
  return hourState({ hour, rawKeys, ledger }, (key) => store.get(key));
}
