/** Summarizes granted but unused permissions in one or two lines for each role. */
import type { UnusedAction } from "../../local/cloud/iam/usage";
import { wrapped } from "../terminal/wrapped";
import { shortRole } from "./denied";

/** The maximum number of actions named for one resource; more are counted. */
const MAX_NAMED = 2;

/** Permissions for logs are only counted: a successful run leaves many of them unused. */
const LOGS = "logs";

/** @param indent written before each role; continued lines are indented further */
export function unusedLines(unused: readonly UnusedAction[], indent: string, width: number): string[] {
  const byRole = grouped(unused, ({ role }) => role);
  return [...byRole].flatMap(([role, own]) => {
    const [first = "", ...rest] = purposes(own);
    const lines = wrapped([`${shortRole(role)}: ${first}`, ...rest], `${indent}  `, width);
    return lines.map((line, index) => (index === 0 ? indent + line.trimStart() : line));
  });
}

function purposes(unused: readonly UnusedAction[]): string[] {
  const isLog = ({ action }: UnusedAction) => serviceOf(action) === LOGS;
  const logs = unused.filter(isLog).length;
  const byResource = grouped(
    unused.filter((one) => !isLog(one)),
    ({ resource }) => resource,
  );
  const told = [...byResource].map(([resource, own]) => {
    const actions = own.map(({ action }) => action);
    return `${actionsText(actions)} on ${shortResource(resource)}`;
  });
  return logs > 0 ? [...told, `${logs} for logs`] : told;
}

function actionsText(actions: readonly string[]): string {
  if (actions.length <= MAX_NAMED) return actions.join(" and ");
  const services = [...new Set(actions.map(serviceOf))];
  return `${actions.length} ${services.join(" and ")} actions`;
}

function serviceOf(action: string): string {
  return action.split(":", 1)[0] as string;
}

/** The first resource of a statement without the prefix of its ARN: `stream/clicks-1a2b3c4`. */
function shortResource(resources: string): string {
  const [first = "", ...others] = resources.split(", ");
  const short = first.startsWith("arn:") ? first.split(":").slice(5).join(":") : first;
  return others.length > 0 ? `${short} …` : short;
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}
