/** Checks that one JSON schema accepts every number and string that another accepts. */
import type { Node } from "./jsonSchemaNode";
import { UndecidedError } from "./undecidedError";

/** Compares two inclusive bounds, such as `minLength` and `maxLength`. */
export function boundProblems(
  path: string,
  read: Node,
  written: Node,
  minKeyword: string,
  maxKeyword: string,
): string[] {
  return [
    ...(read[minKeyword] === undefined || Number(read[minKeyword]) <= Number(written[minKeyword] ?? 0)
      ? []
      : [stricter(path, minKeyword, read, written)]),
    ...(read[maxKeyword] === undefined ||
    Number(read[maxKeyword]) >= Number(written[maxKeyword] ?? Number.POSITIVE_INFINITY)
      ? []
      : [stricter(path, maxKeyword, read, written)]),
  ];
}

export function stringProblems(path: string, read: Node, written: Node): string[] {
  return [
    ...boundProblems(path, read, written, "minLength", "maxLength"),
    ...textProblems(path, "pattern", read, written),
    ...textProblems(path, "format", read, written),
  ];
}

function textProblems(path: string, keyword: "pattern" | "format", read: Node, written: Node): string[] {
  const [ours, theirs] = [read[keyword], written[keyword]];
  if (ours === undefined || ours === theirs) return [];
  if (Array.isArray(written.enum) && keyword === "pattern") {
    const text = String(written.enum[0]);
    return new RegExp(String(ours), "u").test(text) ? [] : [`${path || "/"}: pattern does not accept "${text}"`];
  }
  if (theirs === undefined && written.enum === undefined) return [`${path || "/"}: ${keyword} is new`];
  throw new UndecidedError(
    `${path || "/"}: cannot compare ${keyword} "${String(ours)}" with the other schema's strings`,
  );
}

export function numberProblems(path: string, read: Node, written: Node): string[] {
  const sides = [
    ["minimum", "exclusiveMinimum", 1],
    ["maximum", "exclusiveMaximum", -1],
  ] as const;
  const problems = sides.flatMap(([bound, exclusive, sign]) => {
    const limit = limitOf(written, bound, exclusive, sign);
    const isWithin = (wanted: unknown, mayTouch: boolean) => {
      const distance = (limit.value - Number(wanted)) * sign;
      return distance > 0 || (distance === 0 && (mayTouch || !limit.touches));
    };
    return [
      ...(read[bound] === undefined || isWithin(read[bound], true) ? [] : [stricter(path, bound, read, written)]),
      ...(read[exclusive] === undefined || isWithin(read[exclusive], false)
        ? []
        : [stricter(path, exclusive, read, written)]),
    ];
  });
  const step = read.multipleOf;
  const whole = (written.type as readonly string[]).includes("integer");
  const steps = written.multipleOf ?? (whole ? 1 : undefined);
  if (step === undefined || (steps !== undefined && isMultiple(Number(steps), Number(step)))) return problems;
  return [...problems, stricter(path, "multipleOf", read, written)];
}

interface Limit {
  readonly value: number;
  /** True if the value itself is allowed. */
  readonly touches: boolean;
}

/** The stricter of both bounds, infinite if there is none. For integers, the nearest integer that is allowed. */
function limitOf(node: Node, bound: string, exclusive: string, sign: 1 | -1): Limit {
  const whole = (node.type as readonly string[]).includes("integer");
  const round = sign === 1 ? Math.ceil : Math.floor;
  const none = { value: -sign * Number.POSITIVE_INFINITY, touches: true };
  const limits = [bound, exclusive].map((keyword): Limit => {
    if (node[keyword] === undefined) return none;
    const value = Number(node[keyword]);
    const touches = keyword === bound;
    if (!whole) return { value, touches };
    const rounded = round(value);
    return { value: rounded === value && !touches ? value + sign : rounded, touches: true };
  });
  return limits.reduce((left, right) => {
    const distance = (right.value - left.value) * sign;
    return distance > 0 || (distance === 0 && !right.touches) ? right : left;
  });
}

/** Exact, because it compares decimal digits as integers. */
function isMultiple(value: number, of: number): boolean {
  const digits = Math.max(decimalsOf(value), decimalsOf(of));
  const scaled = (number: number) => {
    const [mantissa = "0", exponent = "0"] = String(number).split("e");
    const [whole = "0", fraction = ""] = mantissa.split(".");
    return BigInt(whole + fraction) * 10n ** BigInt(digits - fraction.length + Number(exponent));
  };
  return scaled(value) % scaled(of) === 0n;
}

function decimalsOf(number: number): number {
  const [mantissa = "", exponent = "0"] = String(number).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

function stricter(path: string, keyword: string, read: Node, written: Node): string {
  const before = written[keyword] === undefined ? "was not set" : `was ${String(written[keyword])}`;
  return `${path || "/"}: ${keyword} is ${String(read[keyword])}, ${before}`;
}
