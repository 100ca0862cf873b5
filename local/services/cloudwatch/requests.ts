/** Reads fields that CloudWatch's requests have in common: times, order and pages. */
import { type Page, pageOf } from "../../cloud/pages";

/** API references of DescribeAlarms and DescribeAlarmHistory, MaxRecords. */
const MAX_RECORDS = 100;

/** Milliseconds since the epoch, from seconds on the wire or from a date of a caller in this process. */
export function timeOf(time: number | string | Date | undefined): number | undefined {
  if (time === undefined) return undefined;
  return typeof time === "number" ? Math.round(time * 1000) : new Date(time).getTime();
}

export function newestFirst<Item>(
  items: readonly Item[],
  at: (item: Item) => number,
  order: "TimestampAscending" | "TimestampDescending" = "TimestampDescending",
): Item[] {
  const sorted = [...items].sort((one, other) => at(one) - at(other));
  return order === "TimestampAscending" ? sorted : sorted.reverse();
}

export function pageOfRecords<Item>(
  items: readonly Item[],
  { MaxRecords, NextToken }: { readonly MaxRecords?: number; readonly NextToken?: string },
): Page<Item> {
  const asked = {
    ...(NextToken !== undefined && { NextToken }),
    ...(MaxRecords !== undefined && { MaxResults: MaxRecords }),
  };
  return pageOf(items, asked, MAX_RECORDS);
}
