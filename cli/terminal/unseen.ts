/**
 * Makes characters of other people's data harmless that a terminal obeys: controls (C0, delete, C1) move the cursor, and
 * format characters turn the direction of a line around.
 */
import type { OutputStream } from "./io";

/** Without the two joiners, which scripts and emoji need and which move nothing. */
const UNSEEN = /\p{Cc}|(?![\u200c\u200d])\p{Cf}/gu;
const CONTROLS = /\p{Cc}/gu;

/** `\u202e` in place of each. */
export function escapeUnseen(text: string): string {
  return escaped(text, UNSEEN);
}

/** Of controls alone, for programs: in strings of JSON the same value. */
export function escapeControls(text: string): string {
  return escaped(text, CONTROLS);
}

/** One line: a space in place of adjacent controls, line ends among them, and escapes of format characters. */
export function onOneLine(text: string): string {
  return escapeUnseen(text.replace(/\p{Cc}+/gu, " "));
}

/** Lines for an output: a pipe gets them as they are, a terminal with escapes of all but line ends and tabs. */
export function linesOn({ isTTY }: OutputStream, lines: string): string {
  return isTTY ? lines.replace(/[^\n\t]+/g, escapeUnseen) : lines;
}

function escaped(text: string, pattern: RegExp): string {
  const ofUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(pattern, (character) => character.split("").map(ofUnit).join(""));
}
