/** Formats landed lines for programs, one JSON object each, and for people, one line each that fits the terminal. */

import type { LandedArea } from "../target/landedObjects";
import { cutTo } from "../terminal/textTable";
import { byteCount, type Paint } from "../terminal/wording";
import type { LandedLines } from "./followObjects";

/** Delete and the C1 controls move a terminal's cursor too, and JSON may hold them as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: other people's data must not control the terminal
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** Format characters also turn the direction of a line around; programs get them as they are. */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

function escaped(text: string, pattern = UNSEEN): string {
  const ofUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(pattern, (character) => character.split("").map(ofUnit).join(""));
}

/** The line with its table as the first field. The rest is as it lies in the object: no number is rounded. */
export function ndjsonLines({ table, lines }: LandedLines): string[] {
  return lines.map((line) => `{"_table":${JSON.stringify(table)},${escaped(line.slice(1), CONTROLS)}\n`);
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
      const [at, name, of] = this.aligned([timeOf(arrived), escaped(table), escaped(kind)]);
      const room = this.width() - `${at}  ${name}  ${of}  `.length;
      return `${this.paint.faint(at)}  ${name}  ${this.paint.strong(of)}  ${cutTo(escaped(rest), Math.max(1, room))}\n`;
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
  const { arrived, reason, detail, payload, id } = JSON.parse(line) as Unformatted;
  return [arrived, reason, `${detail} (${byteCount(Buffer.byteLength(payload, "base64"))}) ${id}`];
}

/** `2026-11-20T10:04:09.123Z` as `10:04:09`. */
function timeOf(arrived: string): string {
  return escaped(arrived).slice(11, 19);
}
