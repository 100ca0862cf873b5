/** The interface of a view's table for handlers, and its implementation on DynamoDB without the DynamoDB client. */
import type { Attributes } from "../../lake/serving/attributes";
import { OWN_ATTRIBUTES } from "../../lake/serving/fold";
import { type JsonCall, jsonCalls } from "./jsonCalls";
import { CallError } from "./signedCalls";

export interface ViewTable {
  /**
   * The present items of at most 100 keys. DynamoDB answers at most 16 MB, and less when it throttles: the other keys are
   * in `unread`.
   */
  read(
    keys: readonly string[],
  ): Promise<{ readonly items: ReadonlyMap<string, Attributes>; readonly unread: readonly string[] }>;
  /**
   * Writes the whole item if the stored one has this `_last`, or if there is none and it is undefined.
   *
   * @returns false if another write came first
   */
  write(item: Attributes, formerLast: string | undefined): Promise<boolean>;
}

/** The answer of BatchGetItem. */
interface BatchAnswer {
  readonly Responses?: Readonly<Record<string, readonly Attributes[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys: readonly Attributes[] }>>;
}

/** @param call defaults to DynamoDB, from the environment */
export function dynamoTable(table: string, call: JsonCall = jsonCalls("dynamodb")): ViewTable {
  const { key, last } = OWN_ATTRIBUTES;
  const keyOf = (attributes: Attributes) => (attributes[key] as { S: string }).S;
  return {
    async read(keys) {
      const Keys = keys.map((each) => ({ [key]: { S: each } }));
      const answer = (await call("BatchGetItem", {
        RequestItems: { [table]: { Keys, ConsistentRead: true } },
      })) as BatchAnswer;
      const items = answer.Responses?.[table] ?? [];
      return {
        items: new Map(items.map((item) => [keyOf(item), item])),
        unread: (answer.UnprocessedKeys?.[table]?.Keys ?? []).map(keyOf),
      };
    },

    async write(item, formerLast) {
      const condition =
        formerLast === undefined
          ? { ConditionExpression: "attribute_not_exists(#name)", ExpressionAttributeNames: { "#name": key } }
          : {
              ConditionExpression: "#name = :former",
              ExpressionAttributeNames: { "#name": last },
              ExpressionAttributeValues: { ":former": { S: formerLast } },
            };
      try {
        await call("PutItem", { TableName: table, Item: item, ...condition });
        return true;
      } catch (error) {
        if (error instanceof CallError && error.name === "ConditionalCheckFailedException") return false;
        throw error;
      }
    },
  };
}
