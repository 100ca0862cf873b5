/** Runs a call on two accounts and says, line by line, where the answers are not the same. */
import type { Clients } from "../clients";

/** What one call keeps for a later one of the same account: an iterator, an upload's id. */
export type Memory = Map<string, string>;

/** A name that says what is asked, and the call. */
export type Call = readonly [name: string, run: (aws: Clients, memory: Memory) => Promise<unknown>];

/** Of every answer's leaves, by their paths; of an error its code and status alone, since messages are words. */
export type Outcome = ReadonlyMap<string, string>;

export async function outcomeOf([, run]: Call, aws: Clients, memory: Memory): Promise<Outcome> {
  try {
    return new Map(leaves(await run(aws, memory), ""));
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    // Not an answer of AWS: the call itself is wrong.
    if ($metadata === undefined) throw error;
    return new Map([["error", `${name} ${$metadata.httpStatusCode}`]]);
  }
}

/** `path: local's | the emulator's`, sorted; where only one of them is an error, that alone. */
export function differences(local: Outcome, emulator: Outcome): string[] {
  const [here, there] = [local.get("error"), emulator.get("error")];
  if ((here === undefined) !== (there === undefined)) return [`${here ?? "answers"} | ${there ?? "answers"}`];
  const paths = [...new Set([...local.keys(), ...emulator.keys()])].sort();
  return paths
    .filter((path) => local.get(path) !== emulator.get(path))
    .map((path) => `${path}: ${local.get(path) ?? "-"} | ${emulator.get(path) ?? "-"}`);
}

function leaves(value: unknown, path: string): [string, string][] {
  if (value === undefined) return [];
  if (value instanceof Date) return [[path, "a time"]];
  if (value instanceof Uint8Array) return [[path, masked(Buffer.from(value))]];
  if (typeof value !== "object" || value === null) return [[path, masked(value)]];
  const entries = Object.entries(value).filter(([key]) => key !== "$metadata");
  if (entries.length === 0) return [[path, Array.isArray(value) ? "[]" : "{}"]];
  return entries.flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/https?:\/\/127\.0\.0\.1:\d+/g, "<endpoint>"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/\b(\d{28,34}|\d{50,})\b/g, "<sequence>"],
  [/\b1[6-9]\d{8}(\d{3})?\b/g, "<time>"],
];

/** Without what every account makes up for itself. */
function masked(value: unknown): string {
  return MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), String(value));
}
