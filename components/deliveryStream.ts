/** Delivers the rows of a stream to a lake by Amazon Data Firehose, an alternative to a router. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as kinesis from "@pulumi/aws/kinesis";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { DELIVERED_EXTENSION, deliveryPrefix, failedDeliveryFolder, failedDeliveryPrefix } from "../lake/delivery/keys";
import { DEFAULT_FORMATS, formatLoaders } from "../lake/formats";
import { deliveredNames } from "../lake/tableName";
import { CallbackFunction } from "./callbackFunction";
import { deliveryAlarms } from "./delivery/alarms";
import { checkDeliveryStream, type DeliveryStreamArgs, deliveryTable } from "./delivery/args";
import { deliveryGraphs } from "./delivery/graphs";
import { conversionOf, type DeliveredTables, deliveredTables } from "./delivery/parquet";
import { givenKey } from "./existing/key";
import { registryReadAccess } from "./existing/registry";
import { type OnStream, streamOf } from "./existing/stream";
import { deliveryAccess, landTablesAccess, queryAccess, readBelowAccess, tableSchemaAccess } from "./lake/access";
import { claimLanding } from "./lake/landings";
import { expireAfter, type PrivateBucket, privateBucket } from "./lake/privateBucket";
import { declaredColumns } from "./lake/tables";
import { functionPlaces } from "./package/functionPlaces";
import { componentAlarms } from "./parts/alarm";
import { mayDeleteData } from "./parts/config";
import type { Monitoring } from "./parts/monitoring/monitoring";
import type { Permission } from "./parts/permission";
import { policyDocument, trustPolicy } from "./parts/policy";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";
import { schemaLookup } from "./schemaRegistry";

/** The raw resources. */
export interface DeliveryStreamNodes {
  readonly deliveryStream: kinesis.FirehoseDeliveryStream;
  /** Transforms records to rows. */
  readonly function: CallbackFunction;
  /** The role of Firehose. */
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
  /** Firehose's errors. */
  readonly logs: cloudwatch.LogGroup;
  /** `delivery`, and with `sourceBackup` `backup`. */
  readonly logStreams: Readonly<Record<string, cloudwatch.LogStream>>;
  /** Only with `sourceBackup`. */
  readonly backup: PrivateBucket | undefined;
  /** Only with `parquet`: the table of the delivered Parquet, and the view with each row once. */
  readonly tables: DeliveredTables | undefined;
  /**
   * With `alarms`: `freshness`, `behind`, `errors`, `failed-records`, with `sourceBackup` `backup-freshness`, and with a hook
   * for tables `too-many-partitions`, with `parquet` `failed-conversions`.
   */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/** The prefix of the records in the bucket of the backup. */
const BACKUP_PREFIX = "source/";

/**
 * A Firehose delivery stream from a Kinesis stream to a lake, and the function that transforms records to rows with the
 * formats, ids and keys of a router. Firehose delivers at least once; the hourly step removes duplicates by their ids.
 * docs/decisions/delivery-stream.md compares it with `FormatRouter`.
 */
export class DeliveryStream extends pulumi.ComponentResource {
  readonly deliveryStreamName: pulumi.Output<string>;
  readonly deliveryStreamArn: pulumi.Output<string>;
  /** The bucket of the backup; undefined without `sourceBackup`. */
  readonly backupBucketName: pulumi.Output<string> | undefined;
  readonly nodes: DeliveryStreamNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;
  private readonly failed: readonly Permission[];
  private readonly backedUp: readonly Permission[];
  private readonly delivered: readonly Permission[];

  constructor(name: string, given: DeliveryStreamArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = { ...given, stream: streamOf(`DeliveryStream "${name}"`, given.stream) };
    checkDeliveryStream(name, args);
    claimLanding(args.lake, {
      component: "DeliveryStream",
      name,
      stream: given.stream,
      source: undefined,
      table: placeOf(args).table,
    });
    super("streamlake:index:DeliveryStream", name, {}, withTags("DeliveryStream", name, args, opts));

    const { lakeArn, lakeKey, prefixes } = args.lake.resources;
    const transformer = this.transformer(name, args);
    const backup = this.backup(name, args);
    const logs = this.logs(name, args);
    const logStreams = this.logStreams(name, args, logs);
    const role = this.role(name, args);
    const tables = deliveredTables(name, args, this);
    const policy = this.policy(name, args, { role, transformer, backup, tables, logs, logStreams });
    const parts = { role, policy, transformer, backup, tables, logs, logStreams };
    const deliveryStream = this.deliveryStream(name, args, parts);
    this.deliveryStreamName = deliveryStream.name;
    this.deliveryStreamArn = deliveryStream.arn;
    this.backupBucketName = backup?.bucket.id;
    this.failed = readBelowAccess(lakeArn, failedDeliveryFolder(prefixes.unformatted, name), lakeKey);
    this.backedUp = backup ? readBelowAccess(backup.bucket.arn, BACKUP_PREFIX, givenKey(args.encryptionKeyArn)) : [];
    this.delivered = tables ? deliveredQueryAccess(args) : [];
    const roles = deliveryAlarms(name, args, { deliveryStream, transformer });
    const alarms = componentAlarms(name, roles, args, this);
    this.monitoring = {
      component: "DeliveryStream",
      name,
      arn: deliveryStream.arn,
      alarms: roles,
      declared: alarms,
      graphs: deliveryGraphs(name, { deliveryStream, transformer }),
      links: [
        { label: name, logGroup: logs.name },
        { label: `${name}-transform`, logGroup: transformer.nodes.logs.name },
      ],
    };
    this.nodes = { deliveryStream, function: transformer, role, policy, logs, logStreams, backup, tables, alarms };

    this.registerOutputs({
      deliveryStreamName: this.deliveryStreamName,
      deliveryStreamArn: this.deliveryStreamArn,
      ...(this.backupBucketName && { backupBucketName: this.backupBucketName }),
    });
  }

  /** For programs that read records that were not delivered, and those of the backup. */
  readAccess(): Permission[] {
    return [...this.failed, ...this.backedUp];
  }

  /** For programs that query the delivered rows in SQL; empty without `parquet`, whose rows a lake's own `queryAccess()` covers. */
  queryAccess(): Permission[] {
    return [...this.delivered];
  }

  private transformer(name: string, args: OnStream<DeliveryStreamArgs>): CallbackFunction {
    const { hooks = {}, lake, schemaRegistry } = args;
    const { raw, unformatted } = lake.prefixes;
    const table = deliveryTable(args);
    const validators = Object.entries(lake.tables).flatMap(([name, { schema }]) =>
      schema && (hooks.table || name === table) ? [[name, schema.validator] as const] : [],
    );
    const hookPlaces = functionPlaces({ ...hooks });
    const config = {
      formats: args.formats ?? DEFAULT_FORMATS,
      table,
      prefixes: { raw, unformatted },
      ...(Object.keys(hookPlaces).length > 0 && { hookPlaces }),
      ...(validators.length > 0 && { validators: Object.fromEntries(validators) }),
      ...(args.parquet && { parquetColumns: declaredColumns(lake.tables)[table] ?? [] }),
    };
    // The package contains the source of these loaders, which bring in only the codecs of these formats.
    const formats = formatLoaders(config.formats);
    const schemas = schemaLookup(schemaRegistry);
    return new CallbackFunction(
      `${name}-transform`,
      {
        description: "Transforms records to rows for Firehose",
        factory: (context) => {
          const { createDelivery } = require("../functions/delivery") as typeof import("../functions/delivery");
          return createDelivery(config, { hooks, context, formats, schemas: schemas?.() });
        },
        permissions: [
          // Rows that become Parquet are only in the answer.
          ...(args.parquet ? [] : landTablesAccess(lake.resources, folderOf(args))),
          ...(schemaRegistry ? [registryReadAccess] : []),
          ...(args.permissions ?? []),
        ],
        environment: { ...args.environment, LAKE_BUCKET: lake.bucketName, STREAM_NAME: args.stream.streamName },
        secrets: args.secrets,
        vpc: args.vpc,
        memoryMebibytes: args.memoryMebibytes ?? defaults.delivery.memoryMebibytes,
        timeoutSeconds: args.timeoutSeconds ?? defaults.delivery.timeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.function,
      },
      { parent: this },
    );
  }

  private backup(name: string, args: DeliveryStreamArgs): PrivateBucket | undefined {
    if (!args.sourceBackup) return undefined;
    return privateBucket(`${name}-backup`, {
      parent: this,
      deletable: mayDeleteData(args.deleteDataOnDestroy),
      encryptionKeyArn: args.encryptionKeyArn,
      lifecycleRules: [expireAfter("backup", args.backupDays ?? defaults.delivery.backupDays)],
      transform: args.transform?.backup,
    });
  }

  private logs(name: string, { logRetentionDays, transform }: DeliveryStreamArgs): cloudwatch.LogGroup {
    return new cloudwatch.LogGroup(
      ...transformed<cloudwatch.LogGroupArgs>(
        transform?.logs,
        `${name}-logs`,
        { retentionInDays: logRetentionDays ?? defaults.function.logRetentionDays },
        { parent: this },
      ),
    );
  }

  private logStreams(
    name: string,
    { sourceBackup, transform }: DeliveryStreamArgs,
    logs: cloudwatch.LogGroup,
  ): Record<string, cloudwatch.LogStream> {
    const declare = (role: string) =>
      new cloudwatch.LogStream(
        ...transformed<cloudwatch.LogStreamArgs>(
          transform?.logStream,
          `${name}-logs-${role}`,
          { name: role, logGroupName: logs.name },
          { parent: this },
        ),
      );
    const roles = ["delivery", ...(sourceBackup ? ["backup"] : [])];
    return Object.fromEntries(roles.map((role) => [role, declare(role)]));
  }

  private role(name: string, { transform }: DeliveryStreamArgs): iam.Role {
    return new iam.Role(
      ...transformed<iam.RoleArgs>(
        transform?.role,
        `${name}-role`,
        { description: `Delivers ${name} to a lake`, assumeRolePolicy: trustPolicy("firehose") },
        { parent: this },
      ),
    );
  }

  private policy(name: string, args: OnStream<DeliveryStreamArgs>, parts: RoleParts): iam.RolePolicy {
    const { lakeArn, lakeKey, prefixes } = args.lake.resources;
    const { role, transformer, backup, tables, logs, logStreams } = parts;
    const folders = [folderOf(args), failedDeliveryFolder(prefixes.unformatted, name)];
    const policy = policyDocument(`DeliveryStream "${name}"`, [
      ...args.stream.readAccess(),
      {
        actions: ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
        resources: [transformer.nodes.function.arn],
      },
      ...deliveryAccess(lakeArn, folders, lakeKey),
      ...(tables ? [tableSchemaAccess(args.lake.resources, deliveredNames(deliveryTable(args)).files)] : []),
      ...(backup ? deliveryAccess(backup.bucket.arn, [BACKUP_PREFIX], givenKey(args.encryptionKeyArn)) : []),
      {
        actions: ["logs:PutLogEvents"],
        resources: Object.keys(logStreams).map((stream) => pulumi.interpolate`${logs.arn}:log-stream:${stream}`),
      },
    ]);
    return new iam.RolePolicy(
      ...transformed<iam.RolePolicyArgs>(
        args.transform?.policy,
        `${name}-policy`,
        { role: role.id, policy },
        { parent: this },
      ),
    );
  }

  private deliveryStream(
    name: string,
    args: OnStream<DeliveryStreamArgs>,
    { role, policy, transformer, backup, tables, logs, logStreams }: DeliveryParts,
  ): kinesis.FirehoseDeliveryStream {
    const { prefix, table } = placeOf(args);
    const buffering = {
      bufferingSize: args.bufferMebibytes ?? defaults.delivery.bufferMebibytes,
      bufferingInterval: args.bufferSeconds ?? defaults.delivery.bufferSeconds,
    };
    const common = { ...buffering, roleArn: role.arn, compressionFormat: "GZIP" };
    // Parquet compresses its own pages, and Firehose names its objects.
    // https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html
    const format = tables
      ? { compressionFormat: "UNCOMPRESSED", dataFormatConversionConfiguration: conversionOf(tables, role.arn) }
      : { fileExtension: DELIVERED_EXTENSION };
    const logged = (stream: string) => ({
      cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.name, logStreamName: logStreams[stream]?.name },
    });
    return new kinesis.FirehoseDeliveryStream(
      ...transformed<kinesis.FirehoseDeliveryStreamArgs>(
        args.transform?.deliveryStream,
        `${name}-delivery`,
        {
          destination: "extended_s3",
          kinesisSourceConfiguration: { kinesisStreamArn: args.stream.streamArn, roleArn: role.arn },
          extendedS3Configuration: {
            ...common,
            ...logged("delivery"),
            bucketArn: args.lake.resources.lakeArn,
            ...format,
            prefix: deliveryPrefix(prefix, table),
            errorOutputPrefix: failedDeliveryPrefix(args.lake.prefixes.unformatted, name),
            dynamicPartitioningConfiguration: { enabled: true },
            processingConfiguration: {
              enabled: true,
              processors: [{ type: "Lambda", parameters: processorParameters(args, transformer) }],
            },
            ...(backup && {
              s3BackupMode: "Enabled",
              s3BackupConfiguration: {
                ...common,
                ...logged("backup"),
                bucketArn: backup.bucket.arn,
                prefix: BACKUP_PREFIX,
              },
            }),
          },
        },
        // Firehose reads, transforms and writes as soon as it is there.
        { parent: this, dependsOn: [policy, ...(tables ? [tables.files] : [])] },
      ),
    );
  }
}

interface RoleParts {
  readonly role: iam.Role;
  readonly transformer: CallbackFunction;
  readonly backup: PrivateBucket | undefined;
  readonly tables: DeliveredTables | undefined;
  readonly logs: cloudwatch.LogGroup;
  readonly logStreams: Readonly<Record<string, cloudwatch.LogStream>>;
}

interface DeliveryParts extends RoleParts {
  readonly policy: iam.RolePolicy;
}

/** Firehose's own values, which the API does not return: declared, they would differ at each update. */
const PROCESSOR_DEFAULTS = { BufferSizeInMBs: 1, BufferIntervalInSeconds: 60, NumberOfRetries: 3 } as const;

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html */
function processorParameters(args: DeliveryStreamArgs, transformer: CallbackFunction) {
  const { batchMebibytes, parquetBatchMebibytes } = defaults.delivery;
  const values = {
    BufferSizeInMBs: args.batchMebibytes ?? (args.parquet ? parquetBatchMebibytes : batchMebibytes),
    BufferIntervalInSeconds: args.batchSeconds ?? defaults.delivery.batchSeconds,
    NumberOfRetries: args.retryAttempts ?? defaults.delivery.retryAttempts,
  };
  const names = Object.keys(values) as (keyof typeof values)[];
  return [
    { parameterName: "LambdaArn", parameterValue: transformer.nodes.function.arn },
    ...names
      .filter((name) => values[name] !== PROCESSOR_DEFAULTS[name])
      .map((name) => ({ parameterName: name, parameterValue: String(values[name]) })),
  ];
}

/** Running queries over the delivered rows; in a database of its own, the lake's permissions name all tables. */
function deliveredQueryAccess({ lake, ...args }: DeliveryStreamArgs): Permission[] {
  const { tableNames } = lake.resources;
  const own = Object.values(deliveredNames(deliveryTable({ lake, ...args })));
  return queryAccess({
    ...lake.resources,
    tableNames: tableNames.includes("*") ? tableNames : own,
    liveTables: [],
  });
}

/** The prefix and the folder of the tables that rows land in; without a folder, a hook chooses it. */
function placeOf({ parquet, ...args }: DeliveryStreamArgs): { readonly prefix: string; readonly table?: string } {
  const { raw, parquet: ofParquet } = args.lake.prefixes;
  if (args.hooks?.table) return { prefix: raw };
  const table = deliveryTable(args);
  return parquet ? { prefix: ofParquet, table: deliveredNames(table).files } : { prefix: raw, table };
}

/** The prefix below which rows land. */
function folderOf(args: DeliveryStreamArgs): string {
  const { prefix, table } = placeOf(args);
  return table === undefined ? prefix : `${prefix}${table}/`;
}
