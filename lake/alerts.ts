/** What rules say of rows, and the names under which that is remembered: equal for the same records, whoever reads them. */
import { createHash } from "node:crypto";
import type { Row } from "../formats/row";
import { isoOf } from "./hour";

/**
 * Looks at one row: false where all is well, else what is to be said, without more of the row than may be read in a message.
 * Rules are synchronous, and say the same of the same row each time.
 *
 * @example (row) => typeof row.total === "number" && row.total > 10_000 && `an order over 10000 in ${row.country}`
 */
export type AlertRule = (row: Row) => false | string;

/** By name: lower-case letters, digits and `-`. */
export type AlertRules = Readonly<Record<string, AlertRule>>;

/** Something to be said, once in its window. */
export interface Alert {
  readonly rule: string;
  readonly text: string;
}

const RULE_NAME = /^[a-z][a-z0-9-]{0,63}$/;
const LONGEST_TEXT = 1000;
const MINUTE = 60_000;

export function isRuleName(name: string): boolean {
  return RULE_NAME.test(name);
}

/** What each rule says of a row. A rule that fails says so itself, by its error's name, so that no rule is broken in silence. */
export function* alertsOf(row: Row, rules: AlertRules): Generator<Alert, void> {
  for (const [rule, says] of Object.entries(rules)) {
    const text = textOf(rule, says, row);
    if (text !== false) yield { rule, text };
  }
}

function textOf(rule: string, says: AlertRule, row: Row): false | string {
  let said: unknown;
  try {
    said = says(row);
  } catch (error) {
    // The message may quote the row; the name is enough to look for it.
    return `the rule ${rule} threw ${error instanceof Error ? error.name : typeof error}`;
  }
  if (said === false) return false;
  if (typeof said === "string" && said !== "") return said.slice(0, LONGEST_TEXT).replace(/\p{Surrogate}/gu, "\ufffd");
  // A promise is taken in, so that its rejection does not end the process.
  if (said instanceof Promise) said.catch(() => undefined);
  return `the rule ${rule} returned ${kindOf(said)}, not false or a text`;
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return "a promise (rules are synchronous)";
  if (value === "") return "an empty text";
  return value === null ? "null" : typeof value;
}

/** The window of an arrival time, by its start: `20261120T1000Z`. Windows begin at midnight UTC and are this many minutes long. */
export function windowOf(arrivedMillis: number, windowMinutes: number): string {
  const start = Math.floor(arrivedMillis / (windowMinutes * MINUTE)) * windowMinutes * MINUTE;
  return `${isoOf(start).slice(0, "2026-11-20T10:00".length).replace(/[-:]/g, "")}Z`;
}

/** `alerts/<name>/<window>/<rule>-<16 hex>.json`: who was the first to raise this alert in the window, and its message. */
export function claimKey(prefix: string, window: string, { rule, text }: Alert): string {
  const digest = createHash("sha256").update(`${rule}\n${text}`).digest("hex").slice(0, 16);
  return `${prefix}${window}/${rule}-${digest}.json`;
}

/** `alerts/<name>/<window>/message-07.json`: one of the messages that the window may send. */
export function slotKey(prefix: string, window: string, slot: number): string {
  return `${prefix}${window}/message-${String(slot).padStart(2, "0")}.json`;
}
