/** DynamoDB: declared tables, and the operations on items that dynalite answers, under the caller's permissions. */
import { checkedKeyId, keyAccess } from "../../cloud/keyAccess";
import { physicalName } from "../../cloud/physicalName";
import { uuid } from "../../cloud/random";
import {
  type Access,
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";
import { dynamoEngine, type Json } from "./engine";
import { ItemLog } from "./itemLog";
import { type DynamoDbFaults, Metered } from "./metered";

interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly log: ItemLog;
  keyId: string | undefined;
  isProtected: boolean;
  ttl: { readonly enabled?: boolean; readonly attributeName?: string } | undefined;
}

/** A key of `UpdateItem` and `DeleteItem`, or an item of `PutItem`. */
interface OneTable extends Json {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Json;
  readonly Item?: Json;
}

interface ManyTables extends Json {
  readonly RequestItems: Readonly<Record<string, unknown>>;
}

type WriteRequest = { readonly PutRequest?: { readonly Item: Json }; readonly DeleteRequest?: { readonly Key: Json } };

export interface DynamoDbService extends Service {
  readonly name: "dynamodb";
  /** Injects faults, or ends them with `{}`. */
  setFaults(faults: DynamoDbFaults): void;
}

export function dynamodbService(cloud: CloudContext): DynamoDbService {
  const tables = new Map<string, Table>();
  const engine = dynamoEngine();
  const metered = new Metered(engine, cloud.metrics);
  /** Writes one after the other, so that the file has them in their order. */
  let writes: Promise<unknown> = Promise.resolve();

  const arnOf = (table: string) => `arn:aws:dynamodb:${cloud.region}:${cloud.accountId}:table/${table}`;

  function tableOf(name: string): Table {
    const table = tables.get(name);
    if (table) return table;
    throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
  }

  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
  function access(action: string, name: string, index?: string): Access[] {
    const resource = index === undefined ? arnOf(name) : `${arnOf(name)}/index/${index}`;
    const encryptionContext = { "aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": cloud.accountId };
    const use = {
      service: "dynamodb",
      keyId: tables.get(name)?.keyId,
      action: "kms:Decrypt",
      encryptionContext,
    } as const;
    return [{ action: `dynamodb:${action}`, resource }, ...keyAccess(cloud, use)];
  }

  function inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = writes.then(work);
    writes = result.catch(() => undefined);
    return result;
  }

  const reads = (operation: string): Operation<OneTable> => ({
    access: ({ TableName, IndexName }) => access(operation, TableName, IndexName),
    run: (input) => {
      tableOf(input.TableName);
      return metered.run(operation, input, [input.TableName]);
    },
  });

  const changes = (operation: string): Operation<OneTable> => ({
    access: ({ TableName }) => access(operation, TableName),
    run: (input) => {
      const { log } = tableOf(input.TableName);
      return inOrder(async () => {
        const output = await metered.run(operation, input, [input.TableName]);
        await keep(input.TableName, log.keyOf(input.Key ?? input.Item ?? {}));
        return output;
      });
    },
  });

  /** Writes the item as it is now to the table's file. */
  async function keep(table: string, key: Json): Promise<void> {
    const { Item } = await engine.run("GetItem", { TableName: table, Key: key, ConsistentRead: true });
    tables.get(table)?.log.add(key, Item as Json | undefined);
  }

  const many = (operation: string): Operation<ManyTables> => ({
    access: ({ RequestItems }) => Object.keys(RequestItems).flatMap((table) => access(operation, table)),
    run: (input) => {
      const names = Object.keys(input.RequestItems);
      for (const table of names) tableOf(table);
      return metered.run(operation, input, names);
    },
  });

  const batchWrite: Operation<ManyTables> = {
    ...many("BatchWriteItem"),
    run: (input) =>
      inOrder(async () => {
        const requests = Object.entries(input.RequestItems as Record<string, WriteRequest[]>);
        for (const [table] of requests) tableOf(table);
        const output = await metered.run("BatchWriteItem", input, Object.keys(input.RequestItems));
        for (const [table, written] of requests) {
          const { log } = tableOf(table);
          for (const { PutRequest, DeleteRequest } of written) {
            await keep(table, log.keyOf(PutRequest?.Item ?? DeleteRequest?.Key ?? {}));
          }
        }
        return output;
      }),
  };

  const describeTable: Operation<OneTable> = {
    access: ({ TableName }) => [{ action: "dynamodb:DescribeTable", resource: arnOf(TableName) }],
    run: async (input) => {
      const { arn, id, isProtected } = tableOf(input.TableName);
      const { Table: described } = await engine.run("DescribeTable", input);
      return {
        Table: { ...(described as Json), TableArn: arn, TableId: id, DeletionProtectionEnabled: isProtected },
      };
    },
  };

  const describeTimeToLive: Operation<OneTable> = {
    access: ({ TableName }) => [{ action: "dynamodb:DescribeTimeToLive", resource: arnOf(TableName) }],
    run: ({ TableName }) => {
      const { ttl } = tableOf(TableName);
      return {
        TimeToLiveDescription: ttl?.enabled
          ? { TimeToLiveStatus: "ENABLED", AttributeName: ttl.attributeName }
          : { TimeToLiveStatus: "DISABLED" },
      };
    },
  };

  const listTables: Operation<Json> = {
    access: () => [{ action: "dynamodb:ListTables", resource: "*" }],
    run: (input) => engine.run("ListTables", input),
  };

  async function create(resource: DeclaredResource) {
    const name = physicalName(resource);
    if (tables.has(name)) throw new Error(`a table "${name}" already exists`);
    const { inputs } = resource;
    const { hashKey, rangeKey } = inputs;
    checkBilling(inputs);
    const attributes = (inputs.attributes ?? []) as { name: string; type: string }[];
    const keys = [hashKey, rangeKey].filter((key) => key !== undefined) as string[];
    await engine.run("CreateTable", {
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
    });
    await active(name);
    const table: Table = {
      name,
      arn: arnOf(name),
      id: uuid(cloud.random),
      log: new ItemLog(cloud.dataDir, name, keys),
      ...settingsOf(inputs),
    };
    tables.set(name, table);
    return { id: name, outputs: { arn: table.arn, name } };
  }

  async function active(name: string): Promise<void> {
    for (;;) {
      const { Table: described } = await engine.run("DescribeTable", { TableName: name });
      if ((described as Json).TableStatus === "ACTIVE") return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A table of the name can be created again after this alone. */
  async function gone(name: string): Promise<void> {
    for (;;) {
      try {
        await engine.run("DescribeTable", { TableName: name });
      } catch (error) {
        if (error instanceof ServiceError && error.code === "ResourceNotFoundException") return;
        throw error;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function update(name: string, { inputs }: DeclaredResource, olds: Record<string, unknown>) {
    checkBilling(inputs);
    // DynamoDB keeps the type of a key (API reference, UpdateTable).
    if (JSON.stringify(inputs.attributes) !== JSON.stringify(olds.attributes)) {
      throw new Error("a change of attributes is not simulated; replace the table");
    }
    const table = Object.assign(tableOf(name), settingsOf(inputs));
    return { outputs: { arn: table.arn, name } };
  }

  async function remove(name: string): Promise<void> {
    const table = tableOf(name);
    if (table.isProtected) {
      throw new ServiceError(
        "ValidationException",
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
      );
    }
    await inOrder(() => engine.run("DeleteTable", { TableName: name }));
    await gone(name);
    table.log.remove();
    tables.delete(name);
  }

  return {
    name: "dynamodb",
    setFaults: (faults) => metered.setFaults(faults),
    resources: {
      "aws:dynamodb/table:Table": {
        simulated: [
          "name",
          "hashKey",
          "rangeKey",
          "attributes",
          "billingMode",
          "ttl",
          "deletionProtectionEnabled",
          "serverSideEncryption",
        ],
        withoutEffect: ["pointInTimeRecovery", "tableClass", "tags"],
        replaceOn: ["name", "hashKey", "rangeKey"],
        create,
        update,
        delete: remove,
      },
    },
    operations: {
      GetItem: reads("GetItem"),
      Query: reads("Query"),
      Scan: reads("Scan"),
      PutItem: changes("PutItem"),
      UpdateItem: changes("UpdateItem"),
      DeleteItem: changes("DeleteItem"),
      BatchGetItem: many("BatchGetItem"),
      BatchWriteItem: batchWrite,
      DescribeTable: describeTable,
      DescribeTimeToLive: describeTimeToLive,
      ListTables: listTables,
    },
  };
}

function checkBilling({ billingMode }: DeclaredResource["inputs"]): void {
  if (billingMode === "PAY_PER_REQUEST") return;
  throw new Error(
    `billingMode ${JSON.stringify(billingMode ?? "PROVISIONED")} is not simulated; use "PAY_PER_REQUEST"`,
  );
}

function settingsOf(inputs: DeclaredResource["inputs"]): Pick<Table, "keyId" | "isProtected" | "ttl"> {
  const encryption = inputs.serverSideEncryption as { enabled?: boolean; kmsKeyArn?: string } | undefined;
  return {
    keyId: encryption?.enabled ? checkedKeyId("serverSideEncryption.kmsKeyArn", encryption.kmsKeyArn) : undefined,
    isProtected: inputs.deletionProtectionEnabled === true,
    ttl: inputs.ttl as Table["ttl"],
  };
}
