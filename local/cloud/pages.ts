/** Pages through a list with an opaque token, as the list operations of AWS's JSON services do. */
import { ServiceError } from "./service";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly NextToken?: string;
}

/** An array, or rows that are on disk. */
interface Items<Item> {
  readonly length: number;
  slice(start: number, end: number): readonly Item[];
}

/** @param maxItems the maximum items of a page, whatever the caller asks for */
export function pageOf<Item>(
  items: Items<Item>,
  asked: { readonly NextToken?: string; readonly MaxResults?: number },
  maxItems: number,
): Page<Item> {
  const start = asked.NextToken === undefined ? 0 : startOf(asked.NextToken);
  const end = start + Math.min(asked.MaxResults ?? maxItems, maxItems);
  return { items: items.slice(start, end), ...(end < items.length && { NextToken: tokenOf(end) }) };
}

function tokenOf(start: number): string {
  return Buffer.from(`at:${start}`).toString("base64url");
}

function startOf(token: string): number {
  const found = /^at:(\d+)$/.exec(Buffer.from(token, "base64url").toString("latin1"));
  if (!found) throw new ServiceError("InvalidInputException", "NextToken is not one that this operation returned");
  return Number(found[1]);
}
