/** Evaluates metric math period by period. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
import type { BinaryOperator, MathFunction, MathNode } from "./parseMath";

/** A value for each period; undefined where data is missing. */
export type Series = readonly (number | undefined)[];

type Result =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "series"; readonly values: Series }
  | { readonly kind: "list"; readonly items: readonly Series[] };

export interface MathContext {
  /** The number of periods. */
  readonly length: number;
  /** The series of an id. @throws Error for an unknown id */
  seriesOf(id: string): Series;
}

const OPERATORS: Readonly<Record<BinaryOperator, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "<": (left, right) => Number(left < right),
  "<=": (left, right) => Number(left <= right),
  ">": (left, right) => Number(left > right),
  ">=": (left, right) => Number(left >= right),
  "&&": (left, right) => Number(left !== 0 && right !== 0),
  "||": (left, right) => Number(left !== 0 || right !== 0),
};

const AGGREGATES: Readonly<Record<Exclude<MathFunction, "IF" | "FILL">, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

/** @throws Error that names what the expression does and local does not */
export function evaluateMath(node: MathNode, context: MathContext): Series {
  return seriesOf(evaluate(node, context), context, "the result");
}

function evaluate(node: MathNode, context: MathContext): Result {
  switch (node.kind) {
    case "number":
      return { kind: "scalar", value: node.value };
    case "id":
      return { kind: "series", values: context.seriesOf(node.id) };
    case "list":
      return {
        kind: "list",
        items: node.items.map((item) => seriesOf(evaluate(item, context), context, "an item of a list")),
      };
    case "negative":
      return combined([evaluate(node.of, context)], ([value]) => -(value as number), context);
    case "binary": {
      const operands = [evaluate(node.left, context), evaluate(node.right, context)];
      return combined(operands, ([left, right]) => OPERATORS[node.operator](left as number, right as number), context);
    }
    case "call":
      return call(node.name, node.args, context);
  }
}

function call(name: MathFunction, args: readonly MathNode[], context: MathContext): Result {
  const values = args.map((arg) => evaluate(arg, context));
  if (name === "IF") {
    const [condition, then, otherwise] = values.map((value) => seriesOf(value, context, "an argument of IF"));
    // Only the value that is taken must be there.
    const at = (index: number) => {
      const chosen = condition?.[index];
      return chosen === undefined ? undefined : (chosen !== 0 ? then : otherwise)?.[index];
    };
    return { kind: "series", values: periods(context).map(at) };
  }
  if (name === "FILL") {
    const [series, filling] = values;
    if (filling?.kind !== "scalar") throw new Error("FILL with other than a number is not simulated");
    const filled = seriesOf(series as Result, context, "an argument of FILL");
    return { kind: "series", values: filled.map((value) => value ?? filling.value) };
  }
  const [list] = values;
  if (list?.kind !== "list") {
    throw new Error(`${name} over the periods of one metric is not simulated; ${name}([m1, m2]) over metrics is`);
  }
  const at = (index: number) => {
    const present = list.items.map((series) => series[index]).filter((value) => value !== undefined);
    return present.length === 0 ? undefined : AGGREGATES[name](present);
  };
  return { kind: "series", values: periods(context).map(at) };
}

/** Data that one operand misses, or a result that is no number, is missing in the result. */
function combined(
  operands: readonly Result[],
  combine: (values: readonly number[]) => number,
  context: MathContext,
): Result {
  if (operands.every((operand) => operand.kind === "scalar")) {
    return { kind: "scalar", value: combine(operands.map(({ value }) => value)) };
  }
  const all = operands.map((operand) => seriesOf(operand, context, "an operand"));
  const at = (index: number) => {
    const values = all.map((series) => series[index]).filter((value) => value !== undefined);
    if (values.length < all.length) return undefined;
    const value = combine(values);
    return Number.isFinite(value) ? value : undefined;
  };
  return { kind: "series", values: periods(context).map(at) };
}

function seriesOf(result: Result, context: MathContext, what: string): Series {
  if (result.kind === "series") return result.values;
  if (result.kind === "scalar") return periods(context).map(() => result.value);
  throw new Error(`a list as ${what} of metric math is not simulated`);
}

function periods({ length }: MathContext): number[] {
  return Array.from({ length }, (_, index) => index);
}
