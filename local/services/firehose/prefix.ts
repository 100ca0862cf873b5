/** Evaluates the expressions in the prefix of a delivery stream, as the developer guide describes them. */
import { randomHex } from "../../cloud/random";

/** https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
const EXPRESSION = /!\{([^:}]*):([^}]*)\}/g;
const DEFAULT_PREFIX = "!{timestamp:yyyy}/!{timestamp:MM}/!{timestamp:dd}/!{timestamp:HH}/";
/** The patterns of Java's DateTimeFormatter that local evaluates. */
const PATTERN = /yyyy|MM|dd|HH|mm|ss|[-_/:.]/g;

export interface PrefixValues {
  /** Arrival of the oldest record in the object, milliseconds since the epoch. */
  readonly oldestMillis: number;
  /** Only in an error prefix. */
  readonly errorType?: string;
  readonly partitionKeys?: Readonly<Record<string, string>>;
  readonly random: () => number;
}

/** True for a prefix whose own expressions replace the default of `yyyy/MM/dd/HH/`. */
export function hasExpressions(prefix: string): boolean {
  return prefix.search(EXPRESSION) >= 0;
}

/** The names of the partition keys that the prefix needs. */
export function partitionKeysOf(prefix: string): string[] {
  return [...prefix.matchAll(EXPRESSION)].flatMap(([, space, name = ""]) =>
    space === "partitionKeyFromLambda" ? [name] : [],
  );
}

/** The problem of an expression that AWS refuses or local does not evaluate; undefined if there is none. */
export function prefixProblem(prefix: string, isError: boolean): string | undefined {
  for (const [expression, space, value = ""] of prefix.matchAll(EXPRESSION)) {
    const isKnown =
      (space === "timestamp" && value !== "" && value.replace(PATTERN, "") === "") ||
      (space === "firehose" && (value === "random-string" || (isError && value === "error-output-type"))) ||
      (space === "partitionKeyFromLambda" && !isError && value !== "");
    if (!isKnown) return `the expression ${expression} is not simulated`;
  }
  return undefined;
}

export function evaluatePrefix(prefix: string, values: PrefixValues): string {
  const { errorType = "", partitionKeys = {}, random } = values;
  // Without expressions, the default follows the prefix.
  const whole = hasExpressions(prefix) ? prefix : `${prefix}${errorType && `${errorType}/`}${DEFAULT_PREFIX}`;
  return whole.replace(EXPRESSION, (_, space: string, value: string) => {
    if (space === "timestamp") return timeText(value, values.oldestMillis);
    if (space === "partitionKeyFromLambda") return partitionKeys[value] ?? "";
    return value === "error-output-type" ? errorType : randomHex(random, 11);
  });
}

function timeText(pattern: string, millis: number): string {
  const [year = "", month = "", day = "", hour = "", minute = "", second = ""] = new Date(millis)
    .toISOString()
    .split(/[-T:.]/);
  const parts: Record<string, string> = { yyyy: year, MM: month, dd: day, HH: hour, mm: minute, ss: second };
  return pattern.replace(PATTERN, (part) => parts[part] ?? part);
}
