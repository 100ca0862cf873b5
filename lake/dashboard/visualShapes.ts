/** Checks the shapes of visuals: programs in JavaScript and in other languages give them as plain objects. */
import type { Visual } from "./visuals";

type Shape = "dimension" | "dimensions" | "measure" | "measures";

/** The members of each kind that a visual cannot do without. */
const MEMBERS: Readonly<Record<Visual["kind"], Readonly<Record<string, Shape>>>> = {
  bar: { x: "dimension", y: "measures" },
  line: { x: "dimension", y: "measures" },
  pie: { slices: "dimension", value: "measure" },
  table: { groupBy: "dimensions", values: "measures" },
  kpi: { value: "measure" },
  scatter: { points: "dimension", x: "measure", y: "measure" },
  heatMap: { rows: "dimension", columns: "dimension", value: "measure" },
};

const A_DIMENSION = 'give a column, as { column: "shop" }, or { column: "_arrived", by: "hour" }.';
const A_MEASURE = 'give a measure, as { aggregate: "count" }, or { aggregate: "sum", column: "cents" }.';

/** The first member of a wrong shape; other checks read the members. */
export function shapeProblem(visual: Visual): string | undefined {
  const members = MEMBERS[visual.kind];
  const given = visual as unknown as Readonly<Record<string, unknown>>;
  const missing = Object.keys(members).find((member) => given[member] === undefined || given[member] === null);
  if (missing !== undefined) {
    return `${missing} is missing; a visual of kind "${visual.kind}" has ${listed(Object.keys(members))}.`;
  }
  const name = ["table", "dataSet"].find((member) => given[member] !== undefined && typeof given[member] !== "string");
  if (name !== undefined) return `${name} is ${described(given[name])}; give a name.`;
  const hasColor = "color" in given && given.color !== undefined && given.color !== null;
  const shapes: Readonly<Record<string, Shape>> = hasColor ? { ...members, color: "dimension" } : members;
  for (const [member, shape] of Object.entries(shapes)) {
    const problem = memberProblem(member, given[member], shape);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function memberProblem(member: string, value: unknown, shape: Shape): string | undefined {
  if (shape === "dimension") return dimensionProblem(member, value);
  if (shape === "measure") return measureProblem(member, value);
  if (!Array.isArray(value)) {
    const example = shape === "dimensions" ? '{ column: "shop" }' : '{ aggregate: "count" }';
    return `${member} is ${described(value)}; give a list, as [${example}].`;
  }
  const check = shape === "dimensions" ? dimensionProblem : measureProblem;
  return value.map((one, index) => check(`${member}[${index}]`, one)).find((problem) => problem !== undefined);
}

function dimensionProblem(place: string, value: unknown): string | undefined {
  if (!isObject(value)) return `${place} is ${described(value)}; ${A_DIMENSION}`;
  return typeof value.column === "string" ? undefined : `${place} has no column; ${A_DIMENSION}`;
}

function measureProblem(place: string, value: unknown): string | undefined {
  if (!isObject(value)) return `${place} is ${described(value)}; ${A_MEASURE}`;
  const { column } = value;
  if (column === undefined || typeof column === "string") return undefined;
  return `${place} has ${described(column)} as its column; ${A_MEASURE}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** For errors: `missing`, `null`, `a list`, `an object`, `a string`. */
export function described(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** For errors: `"bar", "line"`. */
export function listed(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(", ");
}
