/** Evaluates alert rules on rows, and makes the keys of the objects that record sent alerts. */
import { createHash } from "node:crypto";
import type { Row } from "../formats/row";
import { type CallbackContext, NO_SECRETS } from "./callbackContext";
import { isoOf } from "./hour";

/**
 * Returns false for a row without an alert; otherwise the alert's text, which the topic's subscribers read.
 * Rules are synchronous and return the same result for the same row.
 *
 * @example (row) => typeof row.total === "number" && row.total > 10_000 && `an order over 10000 in ${row.country}`
 */
export type AlertRule = (row: Row, context: CallbackContext) => false | string;

/** Rules by name; a name has lower-case letters, digits and `-`. */
export type AlertRules = Readonly<Record<string, AlertRule>>;

/** An alert, which is sent once per window. */
export interface Alert {
  readonly rule: string;
  readonly text: string;
}

const RULE_NAME = /^[a-z][a-z0-9-]{0,63}$/;
const MAX_TEXT = 1000;
const MINUTE = 60_000;

export function isRuleName(name: string): boolean {
  return RULE_NAME.test(name);
}

/**
 * The alerts of a row. A rule that throws also raises an alert, with the error's name, so that it does not fail
 * silently.
 */
export function* alertsOf(row: Row, rules: AlertRules, context = NO_SECRETS): Generator<Alert, void> {
  for (const [rule, evaluate] of Object.entries(rules)) {
    const text = textOf(rule, evaluate, row, context);
    if (text !== false) yield { rule, text };
  }
}

function textOf(rule: string, evaluate: AlertRule, row: Row, context: CallbackContext): false | string {
  let found: unknown;
  try {
    found = evaluate(row, context);
  } catch (error) {
    // The message may quote the row, so only the name is published.
    return `the rule ${rule} threw ${error instanceof Error ? error.name : typeof error}`;
  }
  if (found === false) return false;
  if (typeof found === "string" && found !== "") return found.slice(0, MAX_TEXT).replace(/\p{Surrogate}/gu, "\ufffd");
  // An unhandled rejection would end the process.
  if (found instanceof Promise) found.catch(() => undefined);
  return `the rule ${rule} returned ${kindOf(found)}, not false or a string`;
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return "a promise (rules are synchronous)";
  if (value === "") return "an empty string";
  return value === null ? "null" : typeof value;
}

/**
 * Returns the start of the window that holds an arrival time: `20261120T1000Z`. The first window of a day starts at
 * midnight UTC.
 */
export function windowOf(arrivedMillis: number, windowMinutes: number): string {
  const start = Math.floor(arrivedMillis / (windowMinutes * MINUTE)) * windowMinutes * MINUTE;
  return `${isoOf(start).slice(0, "2026-11-20T10:00".length).replace(/[-:]/g, "")}Z`;
}

/**
 * `alerts/<name>/<window>/<rule>-<16 hex>.json`: holds the first row that raised this alert in the window, and the
 * message's id.
 */
export function claimKey(prefix: string, window: string, { rule, text }: Alert): string {
  const digest = createHash("sha256").update(`${rule}\n${text}`).digest("hex").slice(0, 16);
  return `${prefix}${window}/${rule}-${digest}.json`;
}

/** `alerts/<name>/<window>/message-07.json`: reserves one of the messages that the window may send. */
export function slotKey(prefix: string, window: string, slot: number): string {
  return `${prefix}${window}/message-${String(slot).padStart(2, "0")}.json`;
}
