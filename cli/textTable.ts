/** Lays out rows of text in columns that line up, numbers to the right. */

export interface TextTableOptions {
  /** Written before each line. */
  readonly indent?: string;
  /** Widest a column may be, in characters; longer values end in "…". */
  readonly columnWidth?: number;
}

const NUMBER = /^-?[\d,]+(\.\d+)?$/;

/** Null is a value that is not there; it is shown as an empty cell. */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  options: TextTableOptions = {},
): string[] {
  const { indent = "", columnWidth = 40 } = options;
  const cells = rows.map((row) => headings.map((_, column) => shown(row[column] ?? "", columnWidth)));
  const widths = headings.map((heading, column) =>
    Math.max(width(heading), ...cells.map((row) => width(row[column] ?? ""))),
  );
  const numeric = headings.map(
    (_, column) => cells.length > 0 && cells.every((row) => row[column] === "" || NUMBER.test(row[column] ?? "")),
  );
  const line = (row: readonly string[]) => {
    const padded = row.map((cell, column) => {
      const fill = " ".repeat((widths[column] ?? 0) - width(cell));
      return numeric[column] ? fill + cell : cell + fill;
    });
    return indent + padded.join("  ").trimEnd();
  };
  return [line(headings), indent + widths.map((size) => "─".repeat(size)).join("  "), ...cells.map(line)];
}

/** Characters as a reader counts them; a terminal's double-wide ones are not looked for. */
function width(text: string): number {
  return [...text].length;
}

/** One line, without what would move the terminal's cursor. */
function shown(text: string, columnWidth: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of other people's data must not reach the terminal
  const clean = [...text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")];
  return clean.length > columnWidth ? `${clean.slice(0, columnWidth - 1).join("")}…` : clean.join("");
}
