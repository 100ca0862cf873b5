/** Keys of the objects that a replay writes; each contains a hash of the content. */
import { createHash } from "node:crypto";
import { defaults } from "../defaults";

const REPLAYED = /-r[0-9a-f]{16}\.ndjson\.gz$/;

/**
 * The key that a batch of these records would have, with 16 digits of the content's hash instead of those of its ids: a
 * replay by another version of the router writes the same rows with other values.
 */
export function replayKey(key: string, body: Uint8Array): string {
  return key.replace(/(-d[0-9a-f]{16})?\.ndjson\.gz$/, `-r${sha256(body, 16)}.ndjson.gz`);
}

/** True for keys made by `replayKey`. */
export function isReplayKey(key: string): boolean {
  return REPLAYED.test(key);
}

/** The prefix of replayed records, beside that of unformatted ones: `team/replayed/` beside `team/unformatted/`. */
export function replayedPrefix(unformattedPrefix: string): string {
  const parent = unformattedPrefix.slice(0, unformattedPrefix.lastIndexOf("/", unformattedPrefix.length - 2) + 1);
  return `${parent}${defaults.prefixes.replayed}`;
}

/** The key for the lines of an unformatted object whose records have rows now; no table covers it. */
export function replayedKey(unformattedKey: string, unformattedPrefix: string, body: Uint8Array): string {
  const name = unformattedKey.slice(unformattedPrefix.length).replace(/(-[dr][0-9a-f]{16})?\.ndjson\.gz$/, "");
  return `${replayedPrefix(unformattedPrefix)}${name}-r${sha256(body, 16)}.gz`;
}

/** The key of the object in the lake that marks a failed batch as landed. */
export function failedBatchMarker(key: string, unformattedPrefix: string): string {
  return `${replayedPrefix(unformattedPrefix)}failed-batches/${sha256(key, 32)}.json`;
}

function sha256(content: Uint8Array | string, digits: number): string {
  return createHash("sha256").update(content).digest("hex").slice(0, digits);
}
