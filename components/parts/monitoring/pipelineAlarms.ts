/** Derives the alarms of a pipeline from its components: those that are left in, with their changes. */
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmOptions } from "../alarm";
import type { Monitored } from "./monitoring";

export interface AlarmChange {
  /** The value at which it goes off, in the unit of its metric; docs/runbook.md has the units. @default the component's own */
  threshold?: number;
  /**
   * Periods beyond the threshold, at least 1: consecutive ones, or, for the alarms of scheduled workflows, all but one.
   * @default the component's own
   */
  periods?: number;
  /** The description in its messages. @default the component's own */
  description?: pulumi.Input<string>;
}

export interface PipelineAlarm {
  /** The component's name. */
  readonly component: string;
  readonly role: string;
  readonly options: AlarmOptions;
}

interface ChosenAlarms {
  readonly components: readonly Monitored[];
  readonly change?: Readonly<Record<string, AlarmChange>>;
  readonly without?: readonly string[];
}

export function pipelineAlarms({ components, change = {}, without = [] }: ChosenAlarms): PipelineAlarm[] {
  return components.flatMap(({ monitoring: { name, alarms } }) =>
    Object.entries(alarms)
      .filter(([role]) => !without.includes(role) && !without.includes(`${name}/${role}`))
      .map(([role, options]) => {
        const changes = { ...change[role], ...change[`${name}/${role}`] };
        return { component: name, role, options: changed(options, changes) };
      }),
  );
}

function changed(options: AlarmOptions, change: AlarmChange): AlarmOptions {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return { ...options, ...(given as AlarmChange) };
}
