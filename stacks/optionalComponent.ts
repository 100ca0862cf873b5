/** Reads keys of components that a stack has only if they are configured: `true`, or an object with some of their arguments. */
import { type ConfigKey, wrongValue } from "../components/parts/config";

/** The kind of an argument, or those of its members. */
type Kind = "string" | "number" | "list of strings" | "object" | { readonly [member: string]: Kind };

/**
 * Undefined without the component. Refuses unknown members, which would be left out silently; the component checks values.
 *
 * @param members the arguments that the key takes
 */
export function optionalComponent<Args extends object>(
  members: {
    readonly [Member in keyof Args]-?: Kind;
  },
): ConfigKey<Args | undefined> {
  return (key, text) => {
    if (text === undefined || text === "false") return undefined;
    if (text === "true") return {} as Args;
    const args = parsed(text);
    const problem = problemOf(key, args, members);
    if (problem) throw wrongValue(...problem);
    return args as Args;
  };
}

/** The place, the kind of the value there, and what would be right. */
function problemOf(place: string, value: unknown, kind: Kind): [string, string, string] | undefined {
  if (typeof kind === "string")
    return isOf(kind, value) ? undefined : [place, kindOf(value), `${kind === "object" ? "an" : "a"} ${kind}`];
  const names = Object.keys(kind).join(", ");
  const isTop = !place.includes(".");
  const right = `${isTop ? "true, or " : ""}an object with some of ${names}`;
  if (!isOf("object", value)) return [place, kindOf(value), right];
  for (const [member, given] of Object.entries(value as object)) {
    if (!Object.hasOwn(kind, member)) return [`${place}.${member}`, "not an option", right];
    const problem = problemOf(`${place}.${member}`, given, kind[member] as Kind);
    if (problem) return problem;
  }
  return undefined;
}

function isOf(kind: string, value: unknown): boolean {
  if (kind === "list of strings") return Array.isArray(value) && value.every((each) => typeof each === "string");
  if (kind === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === kind;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "object") return Array.isArray(value) ? "an array" : "an object";
  return `a ${typeof value}`;
}

/** Returns a string that is not JSON unchanged. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
