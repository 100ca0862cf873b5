/** Keeps one item for each key of a stream's rows in a DynamoDB table, for applications that read by key. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as dynamodb from "@pulumi/aws/dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { DEFAULT_FORMATS, formatLoaders } from "../lake/formats";
import { OWN_ATTRIBUTES } from "../lake/serving/fold";
import { givenKey, keyAccess } from "./existing/key";
import { registryReadAccess } from "./existing/registry";
import { type OnStream, streamOf } from "./existing/stream";
import { componentAlarms } from "./parts/alarm";
import { mayDeleteData } from "./parts/config";
import type { Monitoring } from "./parts/monitoring/monitoring";
import type { Permission } from "./parts/permission";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";
import { schemaLookup } from "./schemaRegistry";
import { checkServingTable, type ServingTableArgs } from "./serving/args";
import { viewAlarms, viewGraphs } from "./serving/monitoring";
import { StreamFunction } from "./streamFunction";

/** The raw resources. */
export interface ServingTableNodes {
  readonly table: dynamodb.Table;
  /** The function on the stream, with its mapping and alarms. */
  readonly fold: StreamFunction;
  /** With `alarms`: `unfolded`, `failed-writes` and `table-throttles`. */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

const SECONDS_PER_DAY = 86_400;

/**
 * A DynamoDB table on demand, and a Lambda function on a stream that folds rows into its items. Redelivery changes
 * nothing: an item keeps the sequence number of its last record of each shard. docs/decisions/serving-table.md describes
 * the attributes of items, and what readers may rely on.
 */
export class ServingTable extends pulumi.ComponentResource {
  readonly tableName: pulumi.Output<string>;
  readonly tableArn: pulumi.Output<string>;
  readonly nodes: ServingTableNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;
  private readonly encryptionKeyArn?: pulumi.Input<string>;

  constructor(name: string, given: ServingTableArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = { ...given, stream: streamOf(`ServingTable "${name}"`, given.stream) };
    checkServingTable(name, args);
    super("streamlake:index:ServingTable", name, {}, withTags("ServingTable", name, args, opts));
    this.encryptionKeyArn = args.encryptionKeyArn;

    const table = this.table(name, args);
    this.tableName = table.name;
    this.tableArn = table.arn;
    const fold = this.fold(name, args);
    const roles = viewAlarms(name, table);
    const alarms = componentAlarms(name, roles, args, this);
    this.nodes = { table, fold, alarms };
    const ofFold = fold.monitoring;
    this.monitoring = {
      component: "ServingTable",
      name,
      arn: table.arn,
      alarms: { ...ofFold.alarms, ...roles },
      declared: { ...ofFold.declared, ...alarms },
      graphs: [...viewGraphs(name, table), ...ofFold.graphs],
      links: ofFold.links,
    };

    this.registerOutputs({ tableName: this.tableName, tableArn: this.tableArn });
  }

  /** For applications that read items by key. */
  readAccess(): Permission[] {
    return this.access("dynamodb:BatchGetItem", "dynamodb:GetItem");
  }

  /** For applications that read one item at a time. */
  itemAccess(): Permission[] {
    return this.access("dynamodb:GetItem");
  }

  /**
   * DynamoDB uses the key with the permissions of its caller to decrypt the table's key, for reads and writes.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html,
   * https://github.com/aws/aws-cdk/issues/10010 (a `PutItem` without `kms:Decrypt` is denied)
   */
  private access(...actions: string[]): Permission[] {
    return [{ actions, resources: [this.tableArn] }, ...keyAccess([givenKey(this.encryptionKeyArn), "kms:Decrypt"])];
  }

  private table(name: string, args: ServingTableArgs): dynamodb.Table {
    const deletable = mayDeleteData(args.deleteDataOnDestroy);
    const { key, expires } = OWN_ATTRIBUTES;
    return new dynamodb.Table(
      ...transformed<dynamodb.TableArgs>(
        args.transform?.table,
        `${name}-table`,
        {
          hashKey: key,
          attributes: [{ name: key, type: "S" }],
          billingMode: "PAY_PER_REQUEST",
          pointInTimeRecovery: { enabled: true },
          deletionProtectionEnabled: !deletable,
          // Without this, a key of DynamoDB itself encrypts the table.
          serverSideEncryption:
            args.encryptionKeyArn === undefined ? undefined : { enabled: true, kmsKeyArn: args.encryptionKeyArn },
          ttl: args.timeToLiveDays === undefined ? undefined : { enabled: true, attributeName: expires },
        },
        { parent: this, retainOnDelete: !deletable },
      ),
    );
  }

  private fold(name: string, args: OnStream<ServingTableArgs>): StreamFunction {
    const { key, fold, lake, schemaRegistry, timeToLiveDays } = args;
    const config = {
      formats: args.formats ?? DEFAULT_FORMATS,
      ...(timeToLiveDays !== undefined && { timeToLiveSeconds: timeToLiveDays * SECONDS_PER_DAY }),
    };
    const formats = formatLoaders(config.formats);
    const schemas = schemaLookup(schemaRegistry);
    return new StreamFunction(
      `${name}-fold`,
      {
        ...defaults.serving,
        ...given(args),
        stream: args.stream,
        description: "Folds the rows of a stream into the items of a table",
        factory: (context) => {
          const { createServing } = require("../functions/serving") as typeof import("../functions/serving");
          return createServing(config, { key, fold, context, formats, schemas: schemas?.() });
        },
        environment: { ...args.environment, VIEW_TABLE: this.tableName },
        permissions: [
          ...this.access("dynamodb:BatchGetItem", "dynamodb:PutItem"),
          ...(schemaRegistry ? [registryReadAccess] : []),
          ...(args.permissions ?? []),
        ],
        ...(lake
          ? { lake }
          : { encryptionKeyArn: args.encryptionKeyArn, deleteDataOnDestroy: args.deleteDataOnDestroy }),
      },
      { parent: this },
    );
  }
}

/** The arguments of the function that are given; the others keep the defaults of a view. */
function given(args: ServingTableArgs) {
  const { key, fold, formats, schemaRegistry, timeToLiveDays, encryptionKeyArn, lake, deleteDataOnDestroy, ...rest } =
    args;
  const { tags, environment, permissions, stream, ...own } = rest;
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as typeof own;
}
