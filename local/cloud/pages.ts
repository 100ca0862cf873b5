/** Pages of a list with an opaque token, as every list operation of AWS's JSON services has them. */
import { ServiceError } from "./service";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly NextToken?: string;
}

/** @param most items a page, whatever is asked for */
export function pageOf<Item>(
  items: readonly Item[],
  asked: { readonly NextToken?: string; readonly MaxResults?: number },
  most: number,
): Page<Item> {
  const start = asked.NextToken === undefined ? 0 : startOf(asked.NextToken);
  const end = start + Math.min(asked.MaxResults ?? most, most);
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
