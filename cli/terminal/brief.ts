/** Shortens text of other people's data to one line that is safe to print. */
const MAX_CHARACTERS = 300;

/** One line without control characters, at most 300 characters long. */
export function brief(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: other people's data must not move the cursor
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ").trim();
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS - 1)}…` : line;
}
