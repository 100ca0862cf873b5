/** Formats landed lines for programs, one JSON object each, and for people, one line each that fits the terminal. */

import type { LandedArea } from "../target/landedObjects";
import { cutTo } from "../terminal/textTable";
import { escapeControls, escapeUnseen } from "../terminal/unseen";
import { byteCount, counting, type Paint } from "../terminal/wording";
import type { LandedLines } from "./followObjects";

/** The line with its table as the first field. The rest is as it lies in the object: no number is rounded. */
export function ndjsonLines({ table, lines }: LandedLines): string[] {
  return lines.map((line) => `{"_table":${JSON.stringify(table)},${escapeControls(line.slice(1))}\n`);
}

/** Leaves out lines that are no JSON objects, which other writers may have put into the bucket. */
export function readableLines(landed: LandedLines): { readonly readable: LandedLines; readonly problem?: string } {
  const lines = landed.lines.filter(isObjectLine);
  const broken = landed.lines.length - lines.length;
  if (broken === 0) return { readable: landed };
  const first = landed.lines.findIndex((line) => !isObjectLine(line)) + 1;
  const problem = `${landed.key}: left out ${counting(broken, "line")} of ${landed.lines.length} without a JSON object, the first is line ${first}`;
  return { readable: { ...landed, lines }, problem };
}

function isObjectLine(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false; // Counted by the caller.
  }
}

interface Row {
  readonly _arrived?: string;
  readonly _format?: string;
  readonly data?: unknown;
}

interface Unformatted {
  readonly id: string;
  readonly arrived: string;
  readonly reason: string;
  readonly detail: string;
  readonly payload: string;
}

/** Lines of aligned columns; a column is as wide as its widest value so far. */
export class TailText {
  private readonly widths: number[] = [];

  /** @param width of the terminal */
  constructor(
    private readonly area: LandedArea,
    private readonly width: () => number,
    private readonly paint: Paint,
  ) {}

  lines({ table, lines }: LandedLines): string[] {
    return lines.map((line) => {
      const [arrived, kind, rest] = this.area === "raw" ? ofRow(line) : ofUnformatted(line);
      const [at, name, of] = this.aligned([timeOf(arrived), escapeUnseen(table), escapeUnseen(kind)]);
      const room = this.width() - `${at}  ${name}  ${of}  `.length;
      return `${this.paint.faint(at)}  ${name}  ${this.paint.strong(of)}  ${cutTo(escapeUnseen(rest), Math.max(1, room))}\n`;
    });
  }

  private aligned(cells: readonly [string, string, string]): [string, string, string] {
    const padded = cells.map((cell, at) => {
      const width = Math.max(this.widths[at] ?? 0, cell.length);
      this.widths[at] = width;
      return cell.padEnd(width);
    });
    return padded as [string, string, string];
  }
}

function ofRow(line: string): [arrived: string, kind: string, rest: string] {
  const { _arrived = "", _format = "" } = JSON.parse(line) as Row;
  const data = line.indexOf('"data":');
  // The text of the row itself, because parsing rounds large numbers.
  return [_arrived, _format, data < 0 ? line : line.slice(data + '"data":'.length, -1)];
}

function ofUnformatted(line: string): [arrived: string, kind: string, rest: string] {
  const { arrived = "", reason = "", detail = "", payload = "", id = "" } = JSON.parse(line) as Partial<Unformatted>;
  return [arrived, reason, `${detail} (${byteCount(Buffer.byteLength(payload, "base64"))}) ${id}`];
}

/** `2026-11-20T10:04:09.123Z` as `10:04:09`. */
function timeOf(arrived: string): string {
  return escapeUnseen(arrived).slice(11, 19);
}
