/** Formats rows as a table with aligned columns; numbers are aligned to the right. */
import { counting } from "./wording";

export interface TextTableOptions {
  /** Written before each line. */
  readonly indent?: string;
  /** The maximum width of a column in characters; longer values end in "…". @default 40 */
  readonly columnWidth?: number;
  /** The maximum width of a line; further columns are counted, but the first is always shown. @default none */
  readonly width?: number;
}

const NUMBER = /^-?[\d,]+(\.\d+)?$/;
const GAP = "  ";

/** Null is shown as an empty cell. */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  options: TextTableOptions = {},
): string[] {
  const { indent = "", columnWidth = 40, width = Number.POSITIVE_INFINITY } = options;
  const cells = rows.map((row) => headings.map((_, column) => shown(row[column] ?? "", columnWidth)));
  const widths = headings.map((heading, column) =>
    Math.max(lengthOf(heading), ...cells.map((row) => lengthOf(row[column] ?? ""))),
  );
  const numeric = headings.map(
    (_, column) => cells.length > 0 && cells.every((row) => row[column] === "" || NUMBER.test(row[column] ?? "")),
  );
  const fitting = columnsWithin(width - indent.length, widths);
  const line = (row: readonly string[]) => {
    const padded = row.slice(0, fitting).map((cell, column) => {
      const fill = " ".repeat((widths[column] ?? 0) - lengthOf(cell));
      return numeric[column] ? fill + cell : cell + fill;
    });
    return indent + padded.join(GAP).trimEnd();
  };
  const rule = widths.slice(0, fitting).map((size) => "─".repeat(size));
  const hidden = headings.length - fitting;
  return [
    line(headings),
    indent + rule.join(GAP),
    ...cells.map(line),
    ...(hidden > 0 ? [`${indent}… and ${counting(hidden, "column")} more`] : []),
  ];
}

function columnsWithin(width: number, widths: readonly number[]): number {
  let used = -GAP.length;
  const fitting = widths.findIndex((size) => {
    used += GAP.length + size;
    return used > width;
  });
  return fitting < 0 ? widths.length : Math.max(1, fitting);
}

/** Counts code points; double-width characters count as one. */
function lengthOf(text: string): number {
  return [...text].length;
}

/** One line without control characters. */
function shown(text: string, columnWidth: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of other people's data must not reach the terminal
  const clean = [...text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")];
  return clean.length > columnWidth ? `${clean.slice(0, columnWidth - 1).join("")}…` : clean.join("");
}
