/** Writes rows as the CSV files of the world are written: with their delimiters, line ends and quotes. */
import type { Random } from "./random";

export interface Dialect {
  readonly delimiter: "," | ";" | "\t" | "|";
  readonly lineEnd: "\n" | "\r\n";
  /** Whether cells are quoted that need not be. */
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
