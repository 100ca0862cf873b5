/** Shortens text of other people's data to one line that is safe to print. */
import { onOneLine } from "./unseen";

const MAX_CHARACTERS = 300;

/** One line without control characters, at most 300 characters long. */
export function brief(text: string): string {
  const line = onOneLine(text).replace(/\s+/g, " ").trim();
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS - 1)}…` : line;
}
