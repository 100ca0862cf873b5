/** Parses EventBridge Scheduler's `cron(minutes hours day-of-month month day-of-week year)`, in UTC. */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, beginning with that of `min`. */
  readonly names?: readonly string[];
}

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
const FIELDS: readonly Field[] = [
  { name: "minutes", min: 0, max: 59 },
  { name: "hours", min: 0, max: 23 },
  { name: "day-of-month", min: 1, max: 31 },
  {
    name: "month",
    min: 1,
    max: 12,
    names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  },
  { name: "day-of-week", min: 1, max: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
  { name: "year", min: 1970, max: 2199 },
];
const MILLIS_PER_DAY = 86_400_000;

type Values = ReadonlySet<number>;

/**
 * Parses the text between `cron(` and `)`. The result returns the first matching time after an instant, both in
 * milliseconds since the epoch, or undefined if there is none before 2200.
 *
 * @throws Error for anything that Scheduler refuses, and for `L`, `W` and `#`, which are not simulated
 */
export function parseCron(text: string): (after: number) => number | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    throw new Error(
      `cron(${text}) has ${parts.length} fields; it must have 6: minutes hours day-of-month month day-of-week year`,
    );
  if ((parts[2] === "?") === (parts[4] === "?")) {
    throw new Error(`cron(${text}): exactly one of day-of-month and day-of-week must be "?"`);
  }
  const [minutes, hours, days, months, weekdays, years] = FIELDS.map((field, index) =>
    parseField(parts[index] as string, field),
  ) as [Values, Values, Values, Values, Values, Values];

  const isDay = (date: Date) =>
    years.has(date.getUTCFullYear()) &&
    months.has(date.getUTCMonth() + 1) &&
    days.has(date.getUTCDate()) &&
    weekdays.has(date.getUTCDay() + 1);

  return (after) => {
    const first = after - (after % MILLIS_PER_DAY);
    for (let day = first; new Date(day).getUTCFullYear() < 2200; day += MILLIS_PER_DAY) {
      if (!isDay(new Date(day))) continue;
      for (const hour of sorted(hours)) {
        for (const minute of sorted(minutes)) {
          const at = day + (hour * 60 + minute) * 60_000;
          if (at > after) return at;
        }
      }
    }
    return undefined;
  };
}

function parseField(text: string, field: Field): Values {
  if (text === "?") {
    if (field.name.startsWith("day-of-")) return new Set(span(field.min, field.max, 1));
    throw new Error(`cron: "?" is allowed only in day-of-month and day-of-week, not in ${field.name}`);
  }
  return new Set(text.split(",").flatMap((part) => parsePart(part, field)));
}

function parsePart(part: string, field: Field): number[] {
  if (field.name.startsWith("day-of-") && /[LW#]/i.test(part.replace(/[A-Z]{3}/gi, ""))) {
    throw new Error(`cron: "${part}" in ${field.name} is not simulated (L, W and #); see docs/fidelity.md`);
  }
  const found = /^(?:(\*)|([A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?)(?:\/(\d+))?$/.exec(part);
  if (!found) throw new Error(`cron: "${part}" is not a value of ${field.name}`);
  const [, any, from, to, step] = found;
  const first = any ? field.min : numberOf(from as string, field);
  const last = to ? numberOf(to, field) : any || step ? field.max : first;
  if (first > last || step === "0") throw new Error(`cron: "${part}" is not a range of ${field.name}`);
  return span(first, last, Number(step ?? 1));
}

function numberOf(text: string, field: Field): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.min && value <= field.max) return value;
  throw new Error(`cron: "${text}" is not a value of ${field.name} (${field.min} to ${field.max})`);
}

function span(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

function sorted(values: Values): number[] {
  return [...values].sort((a, b) => a - b);
}
