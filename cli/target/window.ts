/** The hours that a command reads of a deployed stack, and the bound of what it reads. */
import { addHours, type Hour, hourOf, hoursBetween, isHour } from "../../lake/hour";
import { UsageError } from "../errors";
import { integer, text } from "../optionKinds";
import type { Option, Values } from "../options";
import type { Io } from "../terminal/io";
import { byteCount, counting } from "../terminal/wording";
import type { StoredLanded } from "./landedObjects";

const MAX_HOURS = 720;

/** `6h` or `3d`: a number of hours. */
function lookback(help: string): Option<number | undefined> {
  return {
    placeholder: "TIME",
    help,
    initial: undefined,
    read: (_, given) => {
      const [, count, unit] = /^(\d{1,4})([hd])$/.exec(given) ?? [];
      const hours = Number(count) * (unit === "d" ? 24 : 1);
      if (!(hours >= 1 && hours <= MAX_HOURS))
        throw new Error(`must be a time such as 6h or 3d, at most 30d, not "${given}"`);
      return hours;
    },
  };
}

export const windowOptions = {
  hour: text("HOUR", "reads this arrival hour alone, as 2026-11-20T10 (UTC)", undefined),
  since: lookback("reads the hours since then, such as 6h or 3d; of a deployed stack the last 3 hours when absent"),
  "max-mebibytes": integer("N", "reads at most this much of a deployed stack's objects, newest hours first", {
    initial: 256,
    min: 1,
    max: 1_000_000,
  }),
  prefix: text(
    "PREFIX",
    "the prefix of the DataLake in the bucket of a deployed stack, such as clicks/; none when absent",
    undefined,
  ),
};

const DEFAULT_HOURS = 3;
const BYTES_PER_MEBIBYTE = 1024 * 1024;

export interface Window {
  /** Newest first; all when undefined, as for a local run. */
  readonly hours: readonly Hour[] | undefined;
  readonly maxBytes: number;
}

/** @throws UsageError */
export function readWindow(
  command: string,
  options: Values<typeof windowOptions>,
  isDeployed: boolean,
  io: Io,
): Window {
  const maxBytes = isDeployed ? options["max-mebibytes"] * BYTES_PER_MEBIBYTE : Number.POSITIVE_INFINITY;
  return { hours: readHours(command, options, isDeployed, io), maxBytes };
}

/**
 * Newest first; undefined for all hours, of a local run.
 *
 * @throws UsageError
 */
export function readHours(
  command: string,
  { hour, since, prefix }: Pick<Values<typeof windowOptions>, "hour" | "since" | "prefix">,
  isDeployed: boolean,
  io: Io,
): readonly Hour[] | undefined {
  if (hour !== undefined && !isHour(hour)) {
    throw new UsageError(`streamlake ${command}: --hour must be an hour, as 2026-11-20T10 (UTC), not "${hour}"`);
  }
  if (hour !== undefined && since !== undefined) {
    throw new UsageError(`streamlake ${command}: --hour and --since both name hours; give only one`);
  }
  if (prefix !== undefined && !isDeployed) {
    throw new UsageError(`streamlake ${command}: --prefix needs --deployed or --outputs`);
  }
  if (prefix !== undefined && !prefix.endsWith("/")) {
    throw new UsageError(`streamlake ${command}: --prefix must end with "/", as clicks/, not "${prefix}"`);
  }
  if (hour !== undefined) return [hour];
  const count = since ?? (isDeployed ? DEFAULT_HOURS : undefined);
  if (count === undefined) return undefined;
  const now = hourOf(io.clock.now());
  return hoursBetween(addHours(now, -count), now).reverse();
}

/** `the hours 2026-11-21T15 to 2026-11-21T18 (UTC)`; `all hours`. */
export function windowText({ hours }: Window): string {
  if (hours === undefined) return "all hours";
  const [last, first] = [hours[0], hours.at(-1)];
  return first === last ? `the hour ${first} (UTC)` : `the hours ${first} to ${last} (UTC)`;
}

/** What a bound has left out, and how to read it; undefined if nothing. */
export function leftOutText(left: readonly StoredLanded[]): string | undefined {
  if (left.length === 0) return undefined;
  const bytes = byteCount(left.reduce((sum, { size }) => sum + size, 0));
  const newest = left[0]?.hour;
  return `left out ${counting(left.length, "object")} (${bytes}) of ${newest} and before; --max-mebibytes reads more, --hour another hour`;
}
