/** Loads the rows of a lake's tables into Redshift Serverless within minutes, each row once. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import type { Column } from "../lake/columns";
import { defaults } from "../lake/defaults";
import { jsonPaths } from "../lake/warehouse/jsonPaths";
import { CallbackFunction } from "./callbackFunction";
import { givenKey, keyAccess } from "./existing/key";
import { rawAccess } from "./lake/access";
import { expireAfter, type PrivateBucket, privateBucket } from "./lake/privateBucket";
import { type AlarmRoles, componentAlarms } from "./parts/alarm";
import { mayDeleteData } from "./parts/config";
import { firstName } from "./parts/firstName";
import type { Monitoring } from "./parts/monitoring/monitoring";
import type { Permission } from "./parts/permission";
import { withTags } from "./parts/tags";
import { transformed } from "./parts/transform";
import { checkWarehouse, loadedTables, streamNames, viewedStreams, type WarehouseArgs } from "./warehouse/args";
import { type WarehouseDatabase, warehouseDatabase } from "./warehouse/database";
import { loadLag, warehouseGraphs } from "./warehouse/lag";
import { warehouseWorkflow } from "./warehouse/loadStates";
import { scheduledAlarms } from "./workflow/alarms";
import { type FailureNodes, type FailureTopic, failureTopic } from "./workflow/failures";
import { type WorkflowMachine, workflowMachine } from "./workflow/machine";
import { type WorkflowSchedule, workflowSchedule } from "./workflow/schedule";

/** The raw resources. */
export interface WarehouseNodes extends FailureNodes, WarehouseDatabase {
  /** What loads write for COPY, the sets of loaded objects, and the JSONPaths files. */
  readonly loads: PrivateBucket;
  /** The JSONPaths files by table: for COPY of raw objects by hand. */
  readonly jsonPaths: Readonly<Record<string, s3.BucketObjectv2>>;
  readonly plan: CallbackFunction;
  readonly workflow: WorkflowMachine;
  readonly schedule: WorkflowSchedule;
  /** `failed`, `not-started`, `failed-starts` and `load-lag`, with the argument `alarms`. */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/**
 * A namespace and a workgroup of Redshift Serverless with a table for each declared table of a lake, and a state machine
 * that loads new raw objects: COPY into a staging table, MERGE on `_id`, and a row in the table of loads, in one
 * transaction. docs/decisions/warehouse.md describes what happens after crashes, overlaps and late objects.
 */
export class Warehouse extends pulumi.ComponentResource {
  readonly workgroupName: pulumi.Output<string>;
  readonly workgroupArn: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  /** The schema of the tables. */
  readonly schema: pulumi.Output<string>;
  /** ARN of the secret with the administrator's password, which AWS manages. */
  readonly adminSecretArn: pulumi.Output<string>;
  readonly stateMachineArn: pulumi.Output<string>;
  /** Notified of every failed execution. */
  readonly failureTopicArn: pulumi.Output<string>;
  /** The loaded tables, with their declared columns. */
  readonly tables: Readonly<Record<string, readonly Column[]>>;
  readonly nodes: WarehouseNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;

  constructor(name: string, args: WarehouseArgs, opts?: pulumi.ComponentResourceOptions) {
    checkWarehouse(name, args);
    super("streamlake:index:Warehouse", name, {}, withTags("Warehouse", name, args, opts));

    this.tables = loadedTables(args);
    const first = firstName(name, opts);
    const loads = this.loads(name, args);
    const streams = viewedStreams(name, args);
    const database = warehouseDatabase(name, { parent: this, args, firstName: first, loads, streams });
    this.workgroupName = database.workgroup.workgroupName;
    this.workgroupArn = database.workgroup.arn;
    this.databaseName = pulumi.output(args.databaseName ?? defaults.warehouse.databaseName);
    this.schema = pulumi.output(args.schema ?? defaults.warehouse.schema);
    this.adminSecretArn = database.namespace.adminPasswordSecretArn;

    const views: Record<string, pulumi.Output<string>> = Object.keys(streams).length > 0
      ? { STREAM_VIEWS: streamNames(streams) }
      : {};
    const plan = this.plan(name, args, loads, database, views);
    const failures = failureTopic(name, { who: `Warehouse "${name}"`, parent: this, args });
    const workflow = this.workflow(name, first, args, plan, failures);
    const schedule = this.schedule(name, args, workflow);
    const roles = this.alarms(name, args, workflow, { schedule, plan });
    const alarms = componentAlarms(name, roles, args, this);
    this.monitoring = {
      component: "Warehouse",
      name,
      arn: workflow.machine.arn,
      alarms: roles,
      declared: alarms,
      graphs: warehouseGraphs(name, { machine: workflow.machine, plan }),
      links: [
        { label: name, stateMachineArn: workflow.machine.arn },
        { label: `${name}-workflow`, logGroup: workflow.logs.name },
        { label: `${name}-plan`, logGroup: plan.nodes.logs.name },
      ],
    };
    const paths = this.jsonPaths(name, args, loads);
    this.nodes = { ...database, loads, jsonPaths: paths, plan, ...failures.nodes, workflow, schedule, alarms };
    this.stateMachineArn = workflow.machine.arn;
    this.failureTopicArn = failures.arn;

    this.registerOutputs({
      workgroupName: this.workgroupName,
      workgroupArn: this.workgroupArn,
      databaseName: this.databaseName,
      schema: this.schema,
      adminSecretArn: this.adminSecretArn,
      stateMachineArn: this.stateMachineArn,
      failureTopicArn: this.failureTopicArn,
    });
  }

  /**
   * For programs that query by the Data API with temporary credentials: a database user for the caller's IAM identity, which
   * may read the tables. A session of a role sees the statements that it has started itself, and no others.
   */
  queryAccess(): Permission[] {
    return [
      { actions: ["redshift-serverless:GetCredentials"], resources: [this.workgroupArn] },
      ...dataApiAccess(
        this.workgroupArn,
        ["ExecuteStatement", "BatchExecuteStatement"],
        ["CancelStatement", "DescribeStatement", "GetStatementResult"],
        OWN_STATEMENTS,
      ),
    ];
  }

  /** For programs that start a load, with `{}`. */
  startAccess(): Permission {
    return { actions: ["states:StartExecution"], resources: [this.stateMachineArn] };
  }

  private loads(name: string, args: WarehouseArgs): PrivateBucket {
    const { loadDays, setDays } = defaults.warehouse;
    return privateBucket(`${name}-loads`, {
      parent: this,
      deletable: mayDeleteData(args.deleteDataOnDestroy),
      encryptionKeyArn: args.encryptionKeyArn,
      lifecycleRules: [expireAfter("loads", loadDays, "loads/"), expireAfter("sets", setDays, "sets/")],
      transform: args.transform?.loads,
    });
  }

  private jsonPaths(name: string, args: WarehouseArgs, { bucket }: PrivateBucket): WarehouseNodes["jsonPaths"] {
    const objects = Object.entries(loadedTables(args)).map(([table, columns]) => {
      const object = { bucket: bucket.id, key: `jsonpaths/${table}.json`, content: jsonPaths(columns) };
      const logicalName = `${name}-jsonpaths-${table}`;
      return [
        table,
        new s3.BucketObjectv2(
          ...transformed<s3.BucketObjectv2Args>(args.transform?.jsonPaths, logicalName, object, { parent: this }),
        ),
      ] as const;
    });
    return Object.fromEntries(objects);
  }

  private plan(
    name: string,
    args: WarehouseArgs,
    { bucket }: PrivateBucket,
    { namespace, workgroup, copyRole }: WarehouseDatabase,
    views: Readonly<Record<string, pulumi.Output<string>>>,
  ): CallbackFunction {
    const tables = loadedTables(args);
    const config = {
      database: args.databaseName ?? defaults.warehouse.databaseName,
      tables,
      rawPrefix: args.lake.prefixes.raw,
      lookbackHours: args.lookbackHours ?? defaults.warehouse.lookbackHours,
      loadMebibytes: args.loadMebibytes ?? defaults.warehouse.loadMebibytes,
    };
    const own = (prefix: string) => pulumi.interpolate`${bucket.arn}/${prefix}`;
    return new CallbackFunction(
      `${name}-plan`,
      {
        description: "Finds new raw objects, and writes their rows for COPY",
        factory: () => {
          const { createLoadWarehouse } =
            require("../functions/loadWarehouse") as typeof import("../functions/loadWarehouse");
          return createLoadWarehouse(config);
        },
        permissions: [
          ...rawAccess(args.lake.resources, Object.keys(tables)),
          { actions: ["s3:GetObject"], resources: [own("last-seen.json"), own("sets/*")] },
          { actions: ["s3:PutObject"], resources: [own("last-seen.json"), own("loads/*"), own("sets/*")] },
          // Without it, S3 returns "access denied" for a missing object (S3 API reference, GetObject).
          { actions: ["s3:ListBucket"], resources: [bucket.arn] },
          ...keyAccess([givenKey(args.encryptionKeyArn), "kms:Decrypt", "kms:GenerateDataKey"]),
          ...dataApiAccess(
            workgroup.arn,
            ["ExecuteStatement", "BatchExecuteStatement"],
            ["DescribeStatement", "GetStatementResult"],
            OWN_STATEMENTS,
          ),
          this.secretAccess(),
        ],
        environment: {
          LAKE_BUCKET: args.lake.bucketName,
          LOADS_BUCKET: bucket.id,
          WORKGROUP: workgroup.workgroupName,
          SCHEMA: this.schema,
          NAMESPACE_ID: namespace.namespaceId,
          ADMIN_SECRET_ARN: this.adminSecretArn,
          COPY_ROLE_ARN: copyRole.arn,
          ...views,
        },
        vpc: args.vpc,
        memoryMebibytes: args.memoryMebibytes ?? defaults.warehouse.memoryMebibytes,
        timeoutSeconds: args.timeoutSeconds ?? defaults.warehouse.timeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.plan,
      },
      { parent: this },
    );
  }

  private workflow(
    name: string,
    first: string,
    args: WarehouseArgs,
    plan: CallbackFunction,
    failures: FailureTopic,
  ): WorkflowMachine {
    return workflowMachine(name, {
      parent: this,
      firstName: first,
      definition: pulumi
        .output({
          planFunctionArn: plan.nodes.function.arn,
          workgroupName: this.workgroupName,
          database: this.databaseName,
          secretArn: this.adminSecretArn,
          topicArn: failures.arn,
          loadTimeoutMinutes: args.loadTimeoutMinutes ?? defaults.warehouse.loadTimeoutMinutes,
          retryAttempts: args.retryAttempts ?? defaults.warehouse.retryAttempts,
        })
        .apply(warehouseWorkflow),
      permissions: [
        plan.invokeAccess(),
        // No condition: AWS does not document that two states have the same session, and so the same user id.
        ...dataApiAccess(this.workgroupArn, ["BatchExecuteStatement"], ["CancelStatement", "DescribeStatement"]),
        this.secretAccess(),
        ...keyAccess([givenKey(args.encryptionKeyArn), "kms:Decrypt"]),
        ...failures.publishAccess,
      ],
      ownAccess: "list",
      logRetentionDays: args.logRetentionDays ?? defaults.function.logRetentionDays,
      transform: args.transform?.workflow,
    });
  }

  private schedule(name: string, args: WarehouseArgs, workflow: WorkflowMachine): WorkflowSchedule {
    const minutes = args.everyMinutes ?? defaults.warehouse.everyMinutes;
    return workflowSchedule(name, {
      parent: this,
      workflow: workflow.machine,
      description: `Starts ${name}-workflow`,
      expression: `rate(${minutes} ${minutes === 1 ? "minute" : "minutes"})`,
      input: {},
      enabled: args.enabled ?? true,
      dependsOn: [workflow.startPolicy],
      transform: args.transform?.schedule,
    });
  }

  private alarms(
    name: string,
    args: WarehouseArgs,
    { machine }: WorkflowMachine,
    { schedule, plan }: Pick<WarehouseNodes, "schedule" | "plan">,
  ): AlarmRoles {
    const minutes = args.everyMinutes ?? defaults.warehouse.everyMinutes;
    const scheduled = scheduledAlarms(name, {
      enabled: args.enabled !== false,
      machine,
      schedule,
      failed: `${name} failed; its message to the topic of failures says which tables`,
      notStarted: {
        description: (periods) => `${name} was not started for ${periods * minutes} minutes`,
        periodSeconds: 60 * minutes,
      },
    });
    return { ...scheduled, "load-lag": loadLag(name, minutes, plan) };
  }

  /** The Data API reads the secret with the permissions of its caller. */
  private secretAccess(): Permission {
    return { actions: ["secretsmanager:GetSecretValue"], resources: [this.adminSecretArn] };
  }
}

/**
 * As in AWS's policy AmazonRedshiftQueryEditor. The user id of a role has the name of its session, which is the function's
 * name in Lambda.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-control-identity-based.html
 */
const OWN_STATEMENTS = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's policy variable
  StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" },
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html */
function dataApiAccess(
  workgroupArn: pulumi.Output<string>,
  running: readonly string[],
  looking: readonly string[],
  conditions?: Permission["conditions"],
): Permission[] {
  return [
    { actions: running.map((action) => `redshift-data:${action}`), resources: [workgroupArn] },
    {
      actions: looking.map((action) => `redshift-data:${action}`),
      resources: ["*"],
      ...(conditions && { conditions }),
      reason: "statements have no ARN (Service Authorization Reference, Amazon Redshift Data API)",
    },
  ];
}
