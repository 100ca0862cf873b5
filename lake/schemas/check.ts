/** Checks rows in the router with a compiled schema; reports the failing path and rule, never the value. */
import { isDeepStrictEqual } from "node:util";
import type { Row, Value } from "../../formats/row";
import { SCHEMA_FORMATS } from "./formats";
import { readTexts, TEXT_FORMATS } from "./texts";
import type { RowValidator } from "./validator";

/** Returns the failing rule, as `/total must be number`; undefined for a row that matches. */
export type RowCheck = (row: Row, format: string) => string | undefined;

interface Failure {
  readonly instancePath: string;
  readonly message?: string;
}

type Compiled = ((row: unknown) => boolean) & { readonly errors?: readonly Failure[] | null };

/** Compiles the check; called once, at cold start. */
export function openValidator({ code, texts, names }: RowValidator): RowCheck {
  const isMatch = compiled(code);
  const known = new Set(names);
  return (row, format) => {
    const read = TEXT_FORMATS.has(format) ? readTexts(row, texts) : row;
    if (isMatch(read)) return undefined;
    // The check supports doubles only; bigints are rare, so they are converted only after it fails.
    const narrowed = withoutBigints(read);
    if (narrowed !== read && isMatch(narrowed)) return undefined;
    const failure = isMatch.errors?.[0];
    return `${shownPath(failure?.instancePath ?? "", known)} ${failure?.message ?? "does not match"}`;
  };
}

function compiled(code: string): Compiled {
  const module: { exports: unknown } = { exports: undefined };
  const load = (name: string) => ({ default: RUNTIME[name] });
  // The schema compiler generates the code at deployment; it is part of the package, like other code.
  new Function("module", "require", "formats", code)(module, load, SCHEMA_FORMATS);
  return module.exports as Compiled;
}

/** Modules that the compiled code requires (`RUNTIME` of validator.ts). */
const RUNTIME: Readonly<Record<string, unknown>> = {
  "ajv/dist/runtime/ucs2length": codePoints,
  "ajv/dist/runtime/equal": isDeepStrictEqual,
};

function codePoints(text: string): number {
  let count = text.length;
  for (let index = 1; index < text.length; index++) {
    const isPair = (text.charCodeAt(index) & 0xfc00) === 0xdc00 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800;
    if (isPair) count--;
  }
  return count;
}

/** Converts bigints to doubles; returns the value itself if it contains none. */
function withoutBigints(value: Value): Value {
  if (typeof value === "bigint") return nearest(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(withoutBigints);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const fields = Object.entries(value).map(([name, field]) => [name, withoutBigints(field)] as const);
  return fields.some(([name, field]) => field !== value[name]) ? Object.fromEntries(fields) : value;
}

/** Largest double below 2^63. */
const MAX_BELOW = 2 ** 63 - 1024;

/** The nearest double that is within the signed 64-bit range if and only if the integer is. */
function nearest(value: bigint): number {
  return BigInt.asIntN(64, value) === value ? Math.min(Number(value), MAX_BELOW) : Number(value);
}

/** Replaces names that the schema does not contain by `*`, because they are data. The path of the row itself is `/`. */
function shownPath(instancePath: string, known: ReadonlySet<string>): string {
  if (instancePath === "") return "/";
  const parts = instancePath.split("/").slice(1);
  const shown = parts.map((part) => {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    return known.has(name) || /^\d{1,9}$/.test(part) ? part : "*";
  });
  return `/${shown.join("/")}`;
}
