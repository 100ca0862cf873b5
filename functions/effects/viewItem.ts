/** Reads one item of a view's table, for handlers that answer requests. */
import type { Attributes } from "../../lake/serving/attributes";
import { OWN_ATTRIBUTES } from "../../lake/serving/fold";
import { type JsonCall, jsonCalls } from "./jsonCalls";

/** The item of a key, as it is now; undefined if there is none. @throws CallError, or the error of the connection */
export type ReadItem = (table: string, key: string) => Promise<Attributes | undefined>;

/** Four attempts of this length, with their waits, end within the time of a request. */
const READ_MILLIS = 3000;

/** @param call defaults to DynamoDB, from the environment */
export function dynamoItem(call: JsonCall = jsonCalls("dynamodb", { requestTimeoutMillis: READ_MILLIS })): ReadItem {
  return async (TableName, key) => {
    const Key = { [OWN_ATTRIBUTES.key]: { S: key } };
    const answer = (await call("GetItem", { TableName, Key, ConsistentRead: true })) as { Item?: Attributes };
    return answer.Item;
  };
}
