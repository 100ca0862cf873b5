/** Formats rows as a table with aligned columns that fits a width; numbers are aligned to the right. */
import stringWidth from "string-width";
import type { Io, OutputStream } from "./io";
import { onOneLine } from "./unseen";
import { counting, createPaint } from "./wording";

export interface TextTableOptions {
  /** Written before each line. */
  readonly indent?: string;
  /** The maximum width of a column in characters; longer values end in "…". @default 40 */
  readonly columnWidth?: number;
  /**
   * The maximum width of a line. Wide columns are cut first; columns that do not fit even so are counted, but the first is always
   * shown. @default none
   */
  readonly width?: number;
  /** Never cuts a column of ids, so that other programs can use them. @default false */
  readonly wholeIds?: boolean;
  /** Paints the headings. */
  readonly heading?: (text: string) => string;
  /** Called once with the number of cells that are cut. */
  readonly onCut?: (cells: number) => void;
}

/** The width of tables that are not written to a terminal. */
const WIDTH = 80;
/** Columns are not cut below this width. */
const MIN_WIDTH = 10;
/** An uncut column of ids leaves the others the room that it would with this width. */
const ID_WIDTH = 20;

const NUMBER = /^-?[\d,]+(\.\d+)?$/;
const ID_HEADING = /(^|_)id$/i;
/** The id of a record, an ARN, a UUID. */
const ID = /^(([a-z0-9_-]+\.)?shardId-\d+\/|arn:aws|[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$)/;
const GAP = "  ";

/** A terminal has its width; ids in other outputs are whole, because programs read them. */
export function fitting(out: OutputStream): { readonly width: number; readonly wholeIds: boolean } {
  return { width: out.columns ?? WIDTH, wholeIds: out.isTTY !== true };
}

/** Headings in the colours of the command's output. */
export function headed(io: Pick<Io, "stdout" | "env" | "color">): { readonly heading: (text: string) => string } {
  return { heading: createPaint(io).strong };
}

/** A table as wide as the output, with headings in its colours. */
export function tableOn(io: Pick<Io, "stdout" | "env" | "color">) {
  return { ...fitting(io.stdout), ...headed(io) };
}

/** Null is shown as an empty cell. */
export function textTable(
  headings: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  options: TextTableOptions = {},
): string[] {
  const {
    indent = "",
    columnWidth = 40,
    width = Number.POSITIVE_INFINITY,
    wholeIds = false,
    heading: paintHeading = String,
    onCut,
  } = options;
  const columns = headings.map((heading, at) => {
    const cells = rows.map((row) => clean(row[at] ?? ""));
    const isNumeric = cells.length > 0 && cells.every((cell) => cell === "" || NUMBER.test(cell));
    const isWhole = wholeIds && (ID_HEADING.test(heading) || cells.some((cell) => ID.test(cell)));
    // A number is not cut; its heading may be.
    const digits = isNumeric ? Math.max(...cells.map(stringWidth)) : 0;
    const natural = Math.max(...[heading, ...cells].map(stringWidth), 1);
    return { heading: clean(heading), cells, isNumeric, isWhole, natural, digits };
  });
  const wanted = columns.map(({ natural, isWhole }) => Math.min(natural, isWhole ? ID_WIDTH : columnWidth));
  const narrowest = wanted.map((size, at) => Math.min(size, Math.max(MIN_WIDTH, columns[at]?.digits ?? 0)));
  const shown = columnsWithin(width - indent.length, narrowest);
  const limit = limitWithin(width - indent.length, wanted.slice(0, shown), narrowest);
  const fitted = columns.slice(0, shown).map(({ heading, cells, isNumeric, isWhole, natural }, at) => {
    const size = isWhole ? natural : Math.min(wanted[at] ?? 0, Math.max(limit, narrowest[at] ?? 0));
    const padded = (cell: string) => pad(cutTo(cell, size), size, isNumeric);
    const cutCells = cells.filter((cell) => stringWidth(cell) > size).length;
    return { heading: padded(heading), rule: "─".repeat(size), cells: cells.map(padded), cutCells };
  });
  const line = (cells: readonly string[]) => indent + cells.join(GAP).trimEnd();
  const hidden = headings.length - shown;
  onCut?.(fitted.reduce((sum, column) => sum + column.cutCells, 0));
  return [
    paintHeading(line(fitted.map(({ heading }) => heading))),
    line(fitted.map(({ rule }) => rule)),
    ...rows.map((_, row) => line(fitted.map(({ cells }) => cells[row] ?? ""))),
    ...(hidden > 0 ? [`${indent}… and ${counting(hidden, "column")} more`] : []),
  ];
}

/** The number of columns that fit at least in these widths; at least one. */
function columnsWithin(width: number, widths: readonly number[]): number {
  let used = -GAP.length;
  const beyond = widths.findIndex((size) => {
    used += GAP.length + size;
    return used > width;
  });
  return beyond < 0 ? widths.length : Math.max(1, beyond);
}

/** The largest width to which wide columns are cut so that all fit. */
function limitWithin(width: number, wanted: readonly number[], narrowest: readonly number[]): number {
  const room = width - GAP.length * (wanted.length - 1);
  for (let limit = Math.max(...wanted); limit > MIN_WIDTH; limit--) {
    const sizes = wanted.map((size, at) => Math.min(size, Math.max(limit, narrowest[at] ?? 0)));
    if (sizes.reduce((sum, size) => sum + size, 0) <= room) return limit;
  }
  return MIN_WIDTH;
}

function pad(cell: string, size: number, toTheRight: boolean): string {
  const fill = " ".repeat(Math.max(0, size - stringWidth(cell)));
  return toTheRight ? fill + cell : cell + fill;
}

const CHARACTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Cuts between characters as people see them; East Asian characters and emoji are two columns wide. */
export function cutTo(text: string, size: number): string {
  if (stringWidth(text) <= size) return text;
  let [kept, used] = ["", 0];
  for (const { segment } of CHARACTERS.segment(text)) {
    used += stringWidth(segment);
    if (used > size - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Longer values are cut at once: no line is that long. */
const MAX_CELL = 4096;

/** One line without control characters. */
function clean(text: string): string {
  return onOneLine(text.slice(0, MAX_CELL));
}
