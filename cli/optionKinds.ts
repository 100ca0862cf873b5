/** The kinds of command-line options: flags, numbers, names, lists. */
import type { Option } from "./options";

/** True if the option is present. */
export function flag(help: string): Option<boolean> {
  return { help, initial: false, read: () => true };
}

/** Any string but the empty one. */
export function text(placeholder: string, help: string, initial?: undefined): Option<string | undefined>;
export function text(placeholder: string, help: string, initial: string): Option<string>;
export function text(placeholder: string, help: string, initial?: string): Option<string | undefined> {
  return {
    placeholder,
    help,
    initial,
    read: (_, given) => {
      if (given === "") throw new Error(`must not be empty`);
      return given;
    },
  };
}

/** The name of a stack, which is part of file names (https://www.pulumi.com/docs/iac/concepts/stacks, "Stack name"). */
export function stackName(help: string): Option<string | undefined>;
export function stackName(help: string, initial: string): Option<string>;
export function stackName(help: string, initial?: string): Option<string | undefined> {
  return {
    placeholder: "NAME",
    help,
    initial,
    read: (_, given) => {
      if (!/^[\w.-]+$/.test(given) || /^\.+$/.test(given)) {
        throw new Error(`must have only letters, digits, "-", "_" and ".", not "${given}"`);
      }
      return given;
    },
  };
}

interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

/** A whole number from `min` to `max`, both included. */
export function integer(placeholder: string, help: string, range: IntegerRange): Option<number | undefined>;
export function integer(placeholder: string, help: string, range: IntegerRange & { initial: number }): Option<number>;
export function integer(
  placeholder: string,
  help: string,
  range: IntegerRange & { initial?: number },
): Option<number | undefined> {
  return {
    placeholder,
    help,
    initial: range.initial,
    read: (_, given) => {
      const value = /^-?\d+$/.test(given) ? Number(given) : Number.NaN;
      if (!(value >= range.min && value <= range.max)) {
        throw new Error(`must be a whole number from ${range.min} to ${range.max}, not "${given}"`);
      }
      return value;
    },
  };
}

/** A number above 0, also as `50e6` or `0.5`. */
export function quantity(placeholder: string, help: string): Option<number | undefined>;
export function quantity(placeholder: string, help: string, initial: number): Option<number>;
export function quantity(placeholder: string, help: string, initial?: number): Option<number | undefined> {
  return {
    placeholder,
    help,
    initial,
    read: (_, given) => {
      const value = /^(\d+\.?\d*|\.\d+)(e\d{1,2})?$/i.test(given) ? Number(given) : Number.NaN;
      if (!(value > 0)) throw new Error(`must be a number above 0, such as 50e6, not "${given}"`);
      return value;
    },
  };
}

/** One name from a fixed list. */
export function choice<N extends string>(placeholder: string, help: string, known: readonly N[]): Option<N | undefined>;
export function choice<N extends string>(placeholder: string, help: string, known: readonly N[], initial: N): Option<N>;
export function choice<N extends string>(
  placeholder: string,
  help: string,
  known: readonly N[],
  initial?: N,
): Option<N | undefined> {
  return {
    placeholder,
    help,
    initial,
    known,
    read: (_, given) => {
      const found = known.find((name) => name === given);
      if (found === undefined) throw new Error(`must be one of ${known.join(", ")}, not "${given}"`);
      return found;
    },
  };
}

/** A share, from 0 to 1. */
export function share(placeholder: string, help: string, initial: number): Option<number> {
  return {
    placeholder,
    help,
    initial,
    read: (_, given) => {
      const value = /^(\d+\.?\d*|\.\d+)$/.test(given) ? Number(given) : Number.NaN;
      if (!(value <= 1)) throw new Error(`must be a share from 0 to 1, not "${given}"`);
      return value;
    },
  };
}

/** May be repeated, and may be followed by several values. */
export function list(placeholder: string, help: string): Option<readonly string[]> {
  return {
    placeholder,
    help,
    initial: [],
    many: true,
    read: (previous, given) => {
      if (given === "") throw new Error("must not be empty");
      return [...previous, given];
    },
  };
}

/** Names from a fixed list, separated by commas. */
export function names<N extends string>(
  placeholder: string,
  help: string,
  known: readonly N[],
  initial: readonly N[] = known,
): Option<readonly N[]> {
  return {
    placeholder,
    help,
    initial,
    known,
    read: (_, given) => {
      const parts = given.split(",").map((part) => part.trim());
      const wrong = parts.find((part) => !known.includes(part as N));
      if (wrong !== undefined) throw new Error(`accepts ${known.join(", ")}, not "${wrong}"`);
      return known.filter((name) => parts.includes(name));
    },
  };
}

/** Like `names`, with undefined when absent. */
export function optionalNames<N extends string>(
  placeholder: string,
  help: string,
  known: readonly N[],
): Option<readonly N[] | undefined> {
  const { read } = names(placeholder, help, known);
  return { placeholder, help, initial: undefined, known, read: (_, given) => read([], given) };
}

/** Seconds to wait: a random time in `1-5`, or always `2`. */
export interface SecondsRange {
  readonly min: number;
  readonly max: number;
}

export function secondsRange(placeholder: string, help: string): Option<SecondsRange | undefined> {
  return {
    placeholder,
    help,
    initial: undefined,
    read: (_, given) => {
      const found = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/.exec(given);
      const min = Number(found?.[1]);
      const max = Number(found?.[2] ?? found?.[1]);
      if (!found || min > max) throw new Error(`must be seconds, such as 2 or 1-5, not "${given}"`);
      return { min, max };
    },
  };
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** A time in seconds, minutes or hours: `10s`, `5m`, `1h`. The value is a number of seconds, from 1 to a day. */
export function duration(placeholder: string, help: string): Option<number | undefined> {
  return {
    placeholder,
    help,
    initial: undefined,
    read: (_, given) => {
      const [, count, unit] = /^(\d{1,6})([smh])$/.exec(given) ?? [];
      const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
      if (!(seconds >= 1 && seconds <= 86_400))
        throw new Error(`must be a time such as 10s or 5m, at most 24h, not "${given}"`);
      return seconds;
    },
  };
}

/** The name of a column. */
export function column(placeholder: string, help: string): Option<string | undefined> {
  return {
    placeholder,
    help,
    initial: undefined,
    read: (_, given) => {
      if (/^[A-Za-z_]\w{0,63}$/.test(given)) return given;
      throw new Error(
        `must have at most 64 letters, digits and "_", and begin with none of the digits, not "${given}"`,
      );
    },
  };
}

/** An `http://` or `https://` address. */
export function url(placeholder: string, help: string): Option<string | undefined> {
  return {
    placeholder,
    help,
    initial: undefined,
    read: (_, given) => {
      if (!/^https?:\/\/[^/\s]+/.test(given) || !URL.canParse(given)) {
        throw new Error(`must be an address such as http://127.0.0.1:4566, not "${given}"`);
      }
      return given;
    },
  };
}
