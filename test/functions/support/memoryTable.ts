/** A DynamoDB table in memory at the level of its API: conditional puts, batch reads that leave keys unread, faults. */
import type { JsonCall } from "../../../functions/effects/jsonCalls";
import { CallError } from "../../../functions/effects/signedCalls";
import type { Attributes } from "../../../lake/serving/attributes";

interface PutInput {
  readonly Item: Attributes;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, { readonly S: string }>;
}

interface BatchInput {
  readonly RequestItems: Record<string, { readonly Keys: readonly { readonly _key: { readonly S: string } }[] }>;
}

/**
 * `refused`: the call fails and changes nothing. `lost`: it succeeds and its answer is lost. `late`: it fails, and takes
 * effect when `settle` is called. `partial`: a read leaves keys unread.
 */
export type Fault = "refused" | "lost" | "late" | "partial" | undefined;

export interface MemoryTable {
  readonly items: ReadonlyMap<string, Attributes>;
  readonly call: JsonCall;
  readonly calls: { reads: number; writes: number; conflicts: number };
  /** Runs the writes that are late. */
  settle(): void;
}

const TABLE = "view-table";

export function memoryTable(faultOf: (operation: string) => Fault = () => undefined): MemoryTable {
  const items = new Map<string, Attributes>();
  const late: PutInput[] = [];
  const calls = { reads: 0, writes: 0, conflicts: 0 };

  function put({ Item, ...input }: PutInput): void {
    const key = (Item._key as { S: string }).S;
    if (!holds(input, items.get(key))) {
      calls.conflicts += 1;
      throw new CallError("ConditionalCheckFailedException", 400, "The conditional request failed");
    }
    // As over the wire.
    items.set(key, JSON.parse(JSON.stringify(Item)) as Attributes);
  }

  function batchGet({ RequestItems }: BatchInput, isPartial: boolean) {
    const { Keys = [] } = RequestItems[TABLE] ?? {};
    const keys = Keys.map(({ _key }) => _key.S);
    if (keys.length > 100 || new Set(keys).size < keys.length) {
      throw new CallError("ValidationException", 400, `${keys.length} keys`);
    }
    const read = isPartial ? keys.slice(0, Math.floor(keys.length / 2)) : keys;
    const found = read.flatMap((key) => [items.get(key)].filter((item) => item !== undefined));
    return {
      // DynamoDB answers in no order.
      Responses: { [TABLE]: JSON.parse(JSON.stringify(found.reverse())) as Attributes[] },
      UnprocessedKeys: isPartial
        ? { [TABLE]: { Keys: keys.slice(read.length).map((key) => ({ _key: { S: key } })) } }
        : {},
    };
  }

  return {
    items,
    calls,
    async call(operation, input) {
      const fault = faultOf(operation);
      await new Promise((resolve) => setImmediate(resolve));
      if (fault === "refused") throw new CallError("ThrottlingException", 400, "too fast");
      if (operation === "BatchGetItem") {
        calls.reads += 1;
        return batchGet(input as BatchInput, fault === "partial");
      }
      if (operation !== "PutItem") throw new Error(`the table answers no ${operation}`);
      calls.writes += 1;
      if (fault === "late") {
        late.push(input as PutInput);
        throw new CallError("TimeoutError", 0, "no answer");
      }
      put(input as PutInput);
      if (fault === "lost") throw new CallError("TimeoutError", 0, "no answer");
      return {};
    },
    settle() {
      for (const input of late.splice(0)) {
        try {
          put(input);
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
        }
      }
    },
  };
}

function holds(condition: Omit<PutInput, "Item">, stored: Attributes | undefined): boolean {
  const name = condition.ExpressionAttributeNames["#name"] as string;
  if (condition.ConditionExpression === "attribute_not_exists(#name)") return stored?.[name] === undefined;
  if (condition.ConditionExpression !== "#name = :former") throw new Error(condition.ConditionExpression);
  const former = condition.ExpressionAttributeValues?.[":former"]?.S;
  return former !== undefined && (stored?.[name] as { S: string } | undefined)?.S === former;
}

export { TABLE as VIEW_TABLE };
