/** Reports the hooks that failed in a run, with the lines of the program that threw. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { groupUnformatted, type UnformattedGroup, unformattedObjects } from "./unformatted";

export interface HookFailure extends UnformattedGroup {
  /** The line that threw, then its callers: `"at hooks.ts:17: up: row.name.toUpperCase(),"`. */
  readonly stack: readonly string[];
}

const MAX_LINE = 100;

/**
 * Finds records that hooks failed on, the most frequent failure first.
 *
 * @param directory contains `Pulumi.yaml`, the base of the places
 */
export async function hookFailures(bucketsDir: string, directory: string): Promise<HookFailure[]> {
  const groups = groupUnformatted(await unformattedObjects(bucketsDir)).filter(({ reason }) => reason === "hook");
  return groups.map((group) => ({ ...group, stack: stackOf(group.detail, directory) }));
}

/** The lines at the places of a detail such as `transform threw TypeError (names.ts:3, called from hooks.ts:17): …`. */
export function stackOf(detail: string, directory: string): string[] {
  const places = / threw \w+ \((.*?:\d+)\)/.exec(detail)?.[1]?.split(/, called from |, /) ?? [];
  return places.map((place) => {
    const line = lineAt(place, directory);
    return `at ${place}${line === undefined ? "" : `: ${line}`}`;
  });
}

/** Undefined for a file outside the project, of which the place has only the name. */
function lineAt(place: string, directory: string): string | undefined {
  const [, name, number] = /^(.*):(\d+)$/.exec(place) ?? [];
  const file = path.join(directory, name ?? "");
  if (name === undefined || !existsSync(file)) return undefined;
  return readFileSync(file, "utf8").split("\n")[Number(number) - 1]?.trim().slice(0, MAX_LINE);
}
