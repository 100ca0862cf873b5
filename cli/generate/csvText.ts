/** Writes rows as CSV in a dialect: delimiter, line end and quoting vary as in real files. */
import type { Random } from "./random";

export interface Dialect {
  readonly delimiter: "," | ";" | "\t" | "|";
  readonly lineEnd: "\n" | "\r\n";
  /** Quotes every cell, not only those that need it. */
  readonly quoteAll: boolean;
}

export function anyDialect(random: Random): Dialect {
  return {
    delimiter: random.pick([",", ",", ";", "\t", "|"] as const),
    lineEnd: random.pick(["\n", "\r\n"] as const),
    quoteAll: random.chance(0.2),
  };
}

export function csvText(lines: readonly (readonly string[])[], { delimiter, lineEnd, quoteAll }: Dialect): string {
  const cell = (text: string) =>
    quoteAll || text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return lines.map((line) => line.map(cell).join(delimiter) + lineEnd).join("");
}
