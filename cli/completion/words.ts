/** The words that follow options and commands in a command line. */
import type { Command } from "../command";
import type { Option } from "../options";

/** What a shell completes after an option: one of these words, a file, any text (nothing), or no value at all. */
export type ValueKind = { readonly words: readonly string[] } | "file" | "text" | "none";

export function valueKind({ placeholder, known }: Option<unknown>): ValueKind {
  if (placeholder === undefined) return "none";
  if (known) return { words: known };
  return /^(FILE|DIR)\b/.test(placeholder) ? "file" : "text";
}

/** The words that a command's argument is one of (`"check|accept"`); none for SQL, keys and other text. */
export function argumentWords({ argument = "" }: Command): readonly string[] {
  return /^[a-z]+(\|[a-z]+)+$/.test(argument) ? argument.split("|") : [];
}
