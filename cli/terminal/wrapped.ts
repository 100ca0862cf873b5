/** Joins items with commas, and breaks lines at a width. */

/** @param indent written before each line */
export function wrapped(items: readonly string[], indent: string, width: number): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item},`;
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + text.length <= width) lines[lines.length - 1] = `${line} ${text}`;
    else lines.push(indent + text);
  }
  return lines;
}
