/** Creates, updates and deletes the schedules and schedule groups that a program declares. */
import type { Principal } from "../../cloud/iam/principal";
import { isObject } from "../../cloud/json";
import { physicalName } from "../../cloud/physicalName";
import {
  type CloudContext,
  type DeclaredResource,
  type Outputs,
  type ResourceSimulation,
  ServiceError,
} from "../../cloud/service";
import type { IamService } from "../iam/service";
import { type NextTime, parseScheduleExpression } from "./scheduleExpression";
import { targetCall } from "./target";

interface Target {
  readonly arn: string;
  readonly roleArn: string;
  readonly input?: string;
  readonly queueArn?: string;
}

export interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly next: NextTime;
  readonly target: Target;
  /** Aborted when the schedule is changed or deleted. */
  readonly ending: AbortController;
}

const TARGET_FIELDS = ["arn", "roleArn", "input", "retryPolicy", "deadLetterConfig"];

export class Schedules {
  private readonly byArn = new Map<string, Schedule>();
  private readonly groups = new Set(["default"]);

  /** @param onPut called with each schedule that is created or changed */
  constructor(
    private readonly cloud: CloudContext,
    private readonly onPut: (schedule: Schedule) => void,
  ) {}

  readonly resources: Readonly<Record<string, ResourceSimulation>> = {
    "aws:scheduler/schedule:Schedule": {
      simulated: [
        ...["name", "namePrefix", "groupName", "scheduleExpression", "scheduleExpressionTimezone", "state", "target"],
      ],
      withoutEffect: ["description", "flexibleTimeWindow", "kmsKeyArn"],
      replaceOn: ["name", "namePrefix", "groupName"],
      create: (resource) => this.create(resource),
      update: async (_id, resource) => ({ outputs: this.put(resource) }),
      delete: async (_id, resource) => this.end(this.placeOf(resource).arn),
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
      simulated: ["name", "namePrefix"],
      withoutEffect: ["tags"],
      replaceOn: ["name", "namePrefix"],
      create: (resource) => this.createGroup(resource),
      update: async (name) => ({ outputs: this.groupOutputs(name) }),
      delete: async (name) => this.deleteGroup(name),
    },
  };

  enabled(): Schedule[] {
    return [...this.byArn.values()].filter((schedule) => schedule.enabled);
  }

  /** The target's role, as the schedule assumes it. */
  assume(target: Target, scheduleArn: string): Principal {
    const iam = this.cloud.service("iam") as IamService;
    return iam.assume(target.roleArn, "scheduler.amazonaws.com", { "aws:SourceArn": scheduleArn });
  }

  private async create(resource: DeclaredResource) {
    const { name, group, arn } = this.placeOf(resource);
    if (!this.groups.has(group))
      throw new ServiceError("ResourceNotFoundException", `Schedule group ${group} does not exist.`, 404);
    if (this.byArn.has(arn)) throw new Error(`a schedule "${name}" already exists in the group "${group}"`);
    return { id: `${group}/${name}`, outputs: this.put(resource) };
  }

  /** Adds a schedule or replaces the existing one, which then fires no more. */
  private put(resource: DeclaredResource): Outputs {
    const { name, group, arn } = this.placeOf(resource);
    const schedule = this.read(resource, name, arn);
    this.end(arn);
    this.byArn.set(arn, schedule);
    this.onPut(schedule);
    return { name, arn, groupName: group };
  }

  private end(arn: string): void {
    this.byArn.get(arn)?.ending.abort();
    this.byArn.delete(arn);
  }

  private async createGroup(resource: DeclaredResource) {
    const name = physicalName(resource);
    if (this.groups.has(name))
      throw new ServiceError("ConflictException", `Schedule group ${name} already exists.`, 409);
    this.groups.add(name);
    return { id: name, outputs: this.groupOutputs(name) };
  }

  /** Deletes a group and all its schedules. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteScheduleGroup.html */
  private deleteGroup(group: string): void {
    this.groups.delete(group);
    for (const arn of this.byArn.keys()) if (arn.startsWith(this.arnOf(group, ""))) this.end(arn);
  }

  private groupOutputs(name: string): Outputs {
    const { region, accountId } = this.cloud;
    return { name, arn: `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`, state: "ACTIVE" };
  }

  private read({ inputs }: DeclaredResource, name: string, arn: string): Schedule {
    const zone = inputs.scheduleExpressionTimezone ?? "UTC";
    if (zone !== "UTC")
      throw new Error(`scheduleExpressionTimezone ${JSON.stringify(zone)} is not simulated; only "UTC" is`);
    const state = inputs.state ?? "ENABLED";
    if (state !== "ENABLED" && state !== "DISABLED")
      throw new Error(`state is ${JSON.stringify(state)}; use "ENABLED" or "DISABLED"`);
    const now = this.cloud.clock.now();
    const next = parseScheduleExpression(String(inputs.scheduleExpression), now);
    const target = readTarget(inputs.target);
    const context = { scheduleArn: arn, scheduledTime: new Date(now), executionId: "0", attemptNumber: 1 };
    targetCall(target.arn, target.input, context);
    this.assume(target, arn);
    return { name, arn, enabled: state === "ENABLED", next, target, ending: new AbortController() };
  }

  private placeOf(resource: DeclaredResource): { name: string; group: string; arn: string } {
    const { groupName } = resource.inputs;
    const group = typeof groupName === "string" ? groupName : "default";
    const name = physicalName(resource);
    return { name, group, arn: this.arnOf(group, name) };
  }

  private arnOf(group: string, name: string): string {
    return `arn:aws:scheduler:${this.cloud.region}:${this.cloud.accountId}:schedule/${group}/${name}`;
  }
}

function readTarget(target: unknown): Target {
  if (!isObject(target)) throw new Error("target is missing");
  const unknown = Object.keys(target).find((name) => !TARGET_FIELDS.includes(name));
  if (unknown !== undefined) throw new Error(`target.${unknown} is not simulated`);
  const { arn, roleArn, input, deadLetterConfig } = target;
  return {
    arn: String(arn),
    roleArn: String(roleArn),
    ...(typeof input === "string" && { input }),
    ...(isObject(deadLetterConfig) && { queueArn: String(deadLetterConfig.arn) }),
  };
}
