/** Lays out rows of text in columns that line up, numbers to the right. */
import { counting } from "./wording";

export interface TextTableOptions {
  /** Written before each line. */
  readonly indent?: string;
  /** Widest a column may be, in characters; longer values end in "…". @default 40 */
  readonly columnWidth?: number;
  /** Widest a line may be: columns past it are counted instead of shown, the first excepted. @default none */
  readonly width?: number;
}

const NUMBER = /^-?[\d,]+(\.\d+)?$/;
const GAP = "  ";

/** Null is a value that is not there; it is shown as an empty cell. */
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

/** Characters as a reader counts them; a terminal's double-wide ones are not looked for. */
function lengthOf(text: string): number {
  return [...text].length;
}

/** One line, without what would move the terminal's cursor. */
function shown(text: string, columnWidth: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of other people's data must not reach the terminal
  const clean = [...text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")];
  return clean.length > columnWidth ? `${clean.slice(0, columnWidth - 1).join("")}…` : clean.join("");
}
