/** The hourly step: turns raw rows into Parquet, de-duplicated and counted, so that SQL finds them. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { CallbackFunction } from "./callbackFunction";
import { ledgerAlarms } from "./hourly/alarms";
import { checkHourlyEtl, type HourlyEtlArgs } from "./hourly/args";
import { type FlattenJob, flattenJob } from "./hourly/flattenJob";
import { hourlyGraphs } from "./hourly/graphs";
import { handOverEvents, maxHoursPerPass } from "./hourly/historyEvents";
import { hourlyWorkflow } from "./hourly/workflow";
import { leaseAccess, planAccess, reconcileAccess } from "./lake/access";
import { declaredColumns } from "./lake/tables";
import { type AlarmRoles, componentAlarms } from "./parts/alarm";
import { arnPrefix } from "./parts/arn";
import { firstName } from "./parts/firstName";
import type { Monitoring } from "./parts/monitoring/monitoring";
import type { Permission } from "./parts/permission";
import { withTags } from "./parts/tags";
import { scheduledAlarms } from "./workflow/alarms";
import { type FailureNodes, type FailureTopic, failureTopic } from "./workflow/failures";
import { type WorkflowMachine, workflowMachine } from "./workflow/machine";
import { type WorkflowSchedule, workflowSchedule } from "./workflow/schedule";

/** The raw resources. */
export interface HourlyEtlNodes extends FailureNodes {
  readonly job: FlattenJob;
  readonly plan: CallbackFunction;
  readonly reconcile: CallbackFunction;
  readonly workflow: WorkflowMachine;
  readonly schedule: WorkflowSchedule;
  /**
   * `failed`, `not-started`, `failed-starts`, `hours-late`, `ledger-broken` and, in a lake with a crawler, `crawl-failed`, with
   * the argument `alarms`.
   */
  readonly alarms: Readonly<Record<string, cloudwatch.MetricAlarm>>;
}

/**
 * A schedule, a state machine, a Glue job and two functions. They process each hour, missed hours, and hours with late
 * records.
 */
export class HourlyEtl extends pulumi.ComponentResource {
  readonly stateMachineArn: pulumi.Output<string>;
  /** Notified of every failed execution. */
  readonly failureTopicArn: pulumi.Output<string>;
  readonly nodes: HourlyEtlNodes;
  /** For `PipelineAlarms` and `PipelineDashboard`. */
  readonly monitoring: Monitoring;

  constructor(name: string, args: HourlyEtlArgs, opts?: pulumi.ComponentResourceOptions) {
    checkHourlyEtl(name, args);
    // `streamlake lint` and the policy pack read it.
    const inputs = { lookbackHours: args.lookbackHours ?? defaults.hourly.lookbackHours };
    super("streamlake:index:HourlyEtl", name, inputs, withTags("HourlyEtl", name, args, opts));

    const job = this.job(name, args);
    const plan = this.plan(name, firstName(name, opts), args);
    const reconcile = this.reconcile(name, args);
    const failures = failureTopic(name, { who: `HourlyEtl "${name}"`, parent: this, args });
    const workflow = this.workflow(name, firstName(name, opts), args, { job, plan, reconcile, failures });
    const schedule = this.schedule(name, args, workflow);
    const roles = this.alarms(name, args, workflow, { schedule, plan, reconcile });
    const alarms = componentAlarms(name, roles, args, this);
    this.monitoring = {
      component: "HourlyEtl",
      name,
      arn: workflow.machine.arn,
      alarms: roles,
      declared: alarms,
      graphs: hourlyGraphs(name, { machine: workflow.machine, plan, reconcile }),
      links: [
        { label: name, stateMachineArn: workflow.machine.arn },
        { label: `${name}-workflow`, logGroup: workflow.logs.name },
        { label: `${name}-plan`, logGroup: plan.nodes.logs.name },
        { label: `${name}-reconcile`, logGroup: reconcile.nodes.logs.name },
      ],
    };
    this.nodes = { job, plan, reconcile, ...failures.nodes, workflow, schedule, alarms };
    this.stateMachineArn = workflow.machine.arn;
    this.failureTopicArn = failures.arn;

    this.registerOutputs({ stateMachineArn: this.stateMachineArn, failureTopicArn: this.failureTopicArn });
  }

  /** For programs that start it, with `{ "hour": "2026-11-20T10" }`, or with `{}` for the last closed hour. */
  startAccess(): Permission {
    return { actions: ["states:StartExecution"], resources: [this.stateMachineArn] };
  }

  private hoursPerPass({ hoursPerPass, retryAttempts }: HourlyEtlArgs): number {
    const most = maxHoursPerPass(retryAttempts ?? defaults.hourly.retryAttempts);
    return Math.min(hoursPerPass ?? defaults.hourly.hoursPerPass, most);
  }

  private job(name: string, args: HourlyEtlArgs): FlattenJob {
    return flattenJob(name, {
      parent: this,
      lake: args.lake,
      workers: args.workers ?? defaults.hourly.workers,
      workerType: args.workerType ?? defaults.hourly.workerType,
      timeoutMinutes: args.jobTimeoutMinutes ?? defaults.hourly.jobTimeoutMinutes,
      concurrentRuns: args.concurrentJobs ?? defaults.hourly.concurrentJobs,
      transform: args.transform?.job,
    });
  }

  private plan(name: string, first: string, args: HourlyEtlArgs): CallbackFunction {
    const { raw, ledger } = args.lake.prefixes;
    const config = {
      prefixes: { raw, ledger },
      // The component's first name, so that it keeps its lease after a rename with an alias.
      workflow: first,
      lookbackHours: args.lookbackHours ?? defaults.hourly.lookbackHours,
      hoursPerPass: this.hoursPerPass(args),
      hasCrawler: args.lake.resources.crawlerName !== undefined,
      declared: declaredColumns(args.lake.tables),
    };
    return new CallbackFunction(
      `${name}-plan`,
      {
        description: "Holds the lease and finds the hours that need work",
        factory: () => {
          const { createPlanHours } = require("../functions/planHours") as typeof import("../functions/planHours");
          return createPlanHours(config);
        },
        permissions: [...planAccess(args.lake.resources), leaseAccess(args.lake.resources, first)],
        environment: { LAKE_BUCKET: args.lake.bucketName },
        vpc: args.vpc,
        memoryMebibytes: args.planMemoryMebibytes ?? defaults.hourly.planMemoryMebibytes,
        timeoutSeconds: args.planTimeoutSeconds ?? defaults.hourly.planTimeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.plan,
      },
      { parent: this },
    );
  }

  private reconcile(name: string, args: HourlyEtlArgs): CallbackFunction {
    const { raw, parquet, ledger } = args.lake.prefixes;
    const config = { prefixes: { raw, parquet, ledger }, declared: declaredColumns(args.lake.tables) };
    return new CallbackFunction(
      `${name}-reconcile`,
      {
        description: "Counts an hour's rows and seals it",
        factory: () => {
          const { createReconcile } = require("../functions/reconcile") as typeof import("../functions/reconcile");
          return createReconcile(config);
        },
        permissions: reconcileAccess(args.lake.resources),
        environment: { LAKE_BUCKET: args.lake.bucketName },
        vpc: args.vpc,
        memoryMebibytes: args.reconcileMemoryMebibytes ?? defaults.hourly.reconcileMemoryMebibytes,
        timeoutSeconds: args.reconcileTimeoutSeconds ?? defaults.hourly.reconcileTimeoutSeconds,
        logRetentionDays: args.logRetentionDays,
        transform: args.transform?.reconcile,
      },
      { parent: this },
    );
  }

  private workflow(
    name: string,
    first: string,
    args: HourlyEtlArgs,
    parts: Pick<HourlyEtlNodes, "job" | "plan" | "reconcile"> & { failures: FailureTopic },
  ): WorkflowMachine {
    const { lake } = args;
    const { job, plan, reconcile, failures } = parts;
    const { crawlerName, databaseArn } = lake.resources;
    const glue = arnPrefix(databaseArn, "glue");
    const jobAccess: Permission = {
      actions: ["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun"],
      resources: [pulumi.interpolate`${glue}job/${job.job.name}`],
    };
    const crawlAccess = crawlerName && {
      actions: ["glue:GetCrawler", "glue:StartCrawler"],
      resources: [pulumi.interpolate`${glue}crawler/${crawlerName}`],
    };
    return workflowMachine(name, {
      parent: this,
      firstName: first,
      definition: pulumi
        .output({
          planFunctionArn: plan.nodes.function.arn,
          reconcileFunctionArn: reconcile.nodes.function.arn,
          jobName: job.job.name,
          ...(crawlerName && { crawlerName }),
          topicArn: failures.arn,
          concurrentJobs: args.concurrentJobs ?? defaults.hourly.concurrentJobs,
          retryAttempts: args.retryAttempts ?? defaults.hourly.retryAttempts,
          jobTimeoutMinutes: args.jobTimeoutMinutes ?? defaults.hourly.jobTimeoutMinutes,
          crawlerPollSeconds: args.crawlerPollSeconds ?? defaults.hourly.crawlerPollSeconds,
          crawlerTimeoutMinutes: args.crawlerTimeoutMinutes ?? defaults.hourly.crawlerTimeoutMinutes,
          handOverEvents: handOverEvents(this.hoursPerPass(args), args.retryAttempts ?? defaults.hourly.retryAttempts),
          functionTimeoutSeconds: Math.max(
            args.planTimeoutSeconds ?? defaults.hourly.planTimeoutSeconds,
            args.reconcileTimeoutSeconds ?? defaults.hourly.reconcileTimeoutSeconds,
          ),
        })
        .apply(hourlyWorkflow),
      permissions: [
        plan.invokeAccess(),
        reconcile.invokeAccess(),
        jobAccess,
        ...(crawlAccess ? [crawlAccess] : []),
        ...failures.publishAccess,
      ],
      describesExecutions: true,
      logRetentionDays: args.logRetentionDays ?? defaults.function.logRetentionDays,
      transform: args.transform?.workflow,
    });
  }

  private schedule(name: string, args: HourlyEtlArgs, workflow: WorkflowMachine): WorkflowSchedule {
    return workflowSchedule(name, {
      parent: this,
      workflow: workflow.machine,
      description: `Starts ${name}-workflow for the hour before`,
      expression: `cron(${args.minute ?? defaults.hourly.minute} * * * ? *)`,
      // It names the hour.
      input: { scheduledTime: "<aws.scheduler.scheduled-time>" },
      enabled: args.enabled ?? true,
      dependsOn: [workflow.startPolicy],
      transform: args.transform?.schedule,
    });
  }

  private alarms(
    name: string,
    args: HourlyEtlArgs,
    { machine }: WorkflowMachine,
    { schedule, plan, reconcile }: Pick<HourlyEtlNodes, "schedule" | "plan" | "reconcile">,
  ): AlarmRoles {
    const scheduled = scheduledAlarms(name, {
      enabled: args.enabled !== false,
      machine,
      schedule,
      failed: `${name} failed; its message to the topic of failures says which hours`,
      notStarted: {
        description: (periods) => `${name} was not started for ${periods === 2 ? "two" : periods} hours`,
        periodSeconds: 3600,
      },
    });
    const hasCrawler = args.lake.resources.crawlerName !== undefined;
    return { ...scheduled, ...ledgerAlarms(name, { plan, reconcile, hasCrawler }) };
  }
}
