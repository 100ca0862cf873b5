/** The arguments of `PipelineAlarms` and their checks. */
import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as kms from "@pulumi/aws/kms";
import type * as sns from "@pulumi/aws/sns";
import type * as pulumi from "@pulumi/pulumi";
import { refuseProblems, wholeNumberProblem } from "../checks";
import { emailProblems } from "../emails";
import { nameProblems } from "../names";
import type { TagsArgs } from "../tags";
import type { Transform } from "../transform";
import type { Monitored } from "./monitoring";
import { type AlarmChange, type PipelineAlarm, pipelineAlarms } from "./pipelineAlarms";

export interface PipelineAlarmsArgs extends TagsArgs {
  /**
   * The components to watch, each without an argument `alarms` of its own. A handler on a stream needs `eventMetrics: true`, unless
   * `without` contains `failed-batches` and `dropped-records`.
   * @example components: [stream, router, lake, etl]
   */
  components: readonly Monitored[];
  /**
   * E-mail addresses that get a message when an alarm goes off and when it is over. AWS sends each address a link, and no other
   * message until somebody has followed it. Not with `topicArn`: its owner subscribes.
   * @default none
   * @example emails: ["on-call@example.com"]
   */
  emails?: readonly string[];
  /**
   * ARN of an SNS topic that exists. CloudWatch must be allowed to publish to it, and to use its key.
   * @default none: the component declares `<name>-topic`
   */
  topicArn?: pulumi.Input<string>;
  /**
   * ARN of the customer's KMS key that encrypts the component's topic. Its policy must allow `cloudwatch.amazonaws.com` the actions
   * `kms:Decrypt` and `kms:GenerateDataKey*` (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns), best with a
   * condition on `aws:SourceAccount`.
   * @default none: the component declares `<name>-key`
   */
  encryptionKeyArn?: pulumi.Input<string>;
  /**
   * Changes by role, or by the component's name and the role, which comes first.
   * @default {}
   * @example change: { "iterator-age": { periods: 2 }, "router/unformatted": { threshold: 20 } }
   */
  change?: Readonly<Record<string, AlarmChange>>;
  /**
   * Alarms that are left out: by role, or by the component's name and the role.
   * @default []
   * @example without: ["not-started", "audit/throttles"]
   */
  without?: readonly string[];
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: PipelineAlarmsTransform;
}

export interface PipelineAlarmsTransform {
  key?: Transform<kms.KeyArgs>;
  topic?: Transform<sns.TopicArgs>;
  email?: Transform<sns.TopicSubscriptionArgs>;
  alarm?: Transform<cloudwatch.MetricAlarmArgs>;
}

/** @throws one error that names every problem */
export function checkPipelineAlarms(name: string, args: PipelineAlarmsArgs): void {
  const strangers = args.components.map(componentProblem).filter((problem) => problem !== undefined);
  // The other checks read the components.
  refuseProblems("PipelineAlarms", name, [
    args.components.length === 0 ? "components is empty; give at least one." : undefined,
    ...strangers,
  ]);
  const { change = {}, without = [] } = args;
  refuseProblems("PipelineAlarms", name, [
    ...nameProblems(name, [["SNS topic", "-topic"]]),
    ...repeated(args.components),
    ...args.components.map(alarmsProblem),
    ...unknownRoles("change", Object.keys(change), args.components),
    ...unknownRoles("without", without, args.components),
    ...Object.keys(change).map((key) => changedAndLeftOut(key, without, args.components)),
    ...Object.entries(change).map(changeProblem),
    ...pipelineAlarms(args).map(periodsProblem),
    ...unpublished(pipelineAlarms(args)),
    pipelineAlarms(args).length === 0 ? "no alarm is left; give other components, or shorten without." : undefined,
    ...topicProblems(args),
    ...emailProblems("emails", args.emails),
  ]);
}

function componentProblem(component: Monitored | undefined, index: number): string | undefined {
  if (component?.monitoring) return undefined;
  return `components[${index}] is not a component that has alarms; give components of this package, as a FormatRouter.`;
}

const titleOf = ({ monitoring: { component, name } }: Monitored) => `${component} "${name}"`;

/** Components may have the same name if they are of different classes; their alarms may not. */
function repeated(components: readonly Monitored[]): string[] {
  const owners = new Map<string, Monitored>();
  const problems = new Set<string>();
  for (const [index, component] of components.entries()) {
    if (components.indexOf(component) < index)
      problems.add(`components has ${titleOf(component)} twice; give it once.`);
    for (const role of Object.keys(component.monitoring.alarms)) {
      const key = `${component.monitoring.name}/${role}`;
      const owner = owners.get(key) ?? component;
      owners.set(key, owner);
      if (owner === component) continue;
      problems.add(
        `${titleOf(owner)} and ${titleOf(component)} both have the alarm ${key}; give one of them to another PipelineAlarms.`,
      );
    }
  }
  return [...problems];
}

function alarmsProblem(component: Monitored): string | undefined {
  if (Object.keys(component.monitoring.declared).length === 0) return undefined;
  return `${titleOf(component)} has alarms of its own; leave out its argument alarms, or leave it out of components.`;
}

function unknownRoles(option: string, keys: readonly string[], components: readonly Monitored[]): string[] {
  const roles = components.flatMap(({ monitoring: { name, alarms } }) =>
    Object.keys(alarms).map((role) => [role, `${name}/${role}`] as const),
  );
  const known = new Set(roles.flat());
  return keys
    .filter((key) => !known.has(key))
    .map((key) => {
      const all = [...new Set(roles.map(([role]) => role))].sort().join(", ");
      return `${option} has "${key}", which is no role of these components; the roles are ${all}, also with a component's name, as "${roles[0]?.[1]}".`;
    });
}

/** A change that has no alarm left would have no effect. */
function changedAndLeftOut(
  key: string,
  without: readonly string[],
  components: readonly Monitored[],
): string | undefined {
  if (without.includes(key)) return `change and without both have "${key}"; leave it out of one of them.`;
  const changed = components.flatMap(({ monitoring: { name, alarms } }) =>
    Object.keys(alarms).flatMap((role) => ([role, `${name}/${role}`].includes(key) ? [[role, `${name}/${role}`]] : [])),
  );
  const by = changed.map((keys) => keys.find((each) => without.includes(each)));
  if (by.length === 0 || by.includes(undefined)) return undefined;
  const names = [...new Set(by)].map((each) => `"${each}"`).join(" and ");
  return `change has "${key}", which without leaves out by ${names}; leave it out of one of them.`;
}

function changeProblem([role, change]: [role: string, AlarmChange]): string | undefined {
  if (typeof change !== "object" || change === null) {
    return `change of "${role}" is ${change}; give an object, as { threshold: 1 }.`;
  }
  const { threshold } = change;
  if (threshold === undefined || Number.isFinite(threshold)) return undefined;
  return `change: the threshold of "${role}" is ${threshold}; use a number.`;
}

const DAY_SECONDS = 86_400;

/** PutMetricAlarm, EvaluationPeriods: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function periodsProblem({ component, role, options }: PipelineAlarm): string | undefined {
  const { periods, quietPeriods = 0, periodSeconds } = options;
  const max = Math.floor((periodSeconds < 3600 ? DAY_SECONDS : 7 * DAY_SECONDS) / periodSeconds) - quietPeriods;
  return wholeNumberProblem(`change: periods of "${component}/${role}"`, periods, { min: 1, max, unit: "periods" });
}

/** One problem for each component, with all alarms that would never go off. */
function unpublished(alarms: readonly PipelineAlarm[]): string[] {
  const dead = alarms.filter(({ options }) => options.unpublished !== undefined);
  return [...new Set(dead.map(({ component }) => component))].map((component) => {
    const own = dead.filter((each) => each.component === component);
    const roles = own.map(({ role }) => `"${component}/${role}"`).join(" and ");
    return `the metrics of ${roles} are not published; give ${component} ${own[0]?.options.unpublished}, or give without ${own.length > 1 ? "these roles" : "this role"}.`;
  });
}

function topicProblems({ topicArn, encryptionKeyArn, emails = [], transform }: PipelineAlarmsArgs): string[] {
  if (topicArn === undefined) return [];
  const ofOwn = {
    encryptionKeyArn,
    emails: emails.length > 0 ? emails : undefined,
    "transform.topic": transform?.topic,
    "transform.key": transform?.key,
  };
  return Object.entries(ofOwn)
    .filter(([, value]) => value !== undefined)
    .map(([option]) => `${option} is for a topic that the component declares; leave it out, or leave topicArn out.`);
}
