/** Remembers on disk which rows of a file an API has acknowledged, so that a run that was cut off goes on where it ended. */
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

export interface JournalOf {
  readonly api: string;
  /** The absolute path. */
  readonly file: string;
  /** The digest of the content, from `contentDigest`. */
  readonly digest: string;
  /** The column with ids, without which the rows are others. */
  readonly rowId: string | undefined;
  /** The run of a local cloud, with which its rows end; undefined for an API on AWS. */
  readonly run: string | undefined;
}

export interface Journal {
  /** The number of rows that a run before has sent. */
  readonly sentBefore: number;
  /** The number of rows that a run before has sent to another run of a local cloud; they are not sent in this one. */
  readonly gone: number;
  isSent(row: number): boolean;
  /** Keeps the rows from one to another, both included, before it returns. */
  acknowledge(from: number, to: number): void;
  close(): void;
  /** Forgets all rows. */
  remove(): void;
}

type Range = readonly [from: number, to: number];

/** Without a file, for an input that can be read only once. */
export const NO_JOURNAL: Journal = {
  sentBefore: 0,
  gone: 0,
  isSent: () => false,
  acknowledge: () => undefined,
  close: () => undefined,
  remove: () => undefined,
};

/**
 * The first line of the file is `of`, and each other line a range of rows. A line that was cut off by a crash has a smaller
 * end, or none: its rows are sent again.
 *
 * @param anew forgets the rows of a run before
 */
export function openJournal(directory: string, of: JournalOf, anew: boolean): Journal {
  const input = [of.api, of.file, of.digest, of.rowId ?? null];
  const name = createHash("sha256").update(JSON.stringify(input)).digest("hex").slice(0, 16);
  const head = JSON.stringify(of.run === undefined ? input : [...input, of.run]);
  const file = path.join(directory, `${name}.journal`);
  mkdirSync(directory, { recursive: true });
  const [first, ...lines] = anew ? [] : linesOf(file);
  const kept = merged(lines.flatMap(rangeOf));
  const ranges = first === head ? kept : [];
  const descriptor = openSync(file, first === head ? "a" : "w");
  // Also ends a line that was cut off.
  writeSync(descriptor, first === head ? "\n" : `${head}\n`);
  return {
    sentBefore: countOf(ranges),
    gone: first === head ? 0 : countOf(kept),
    isSent: (row) => {
      const [from, to] = ranges[lastFrom(ranges, row)] ?? [0, -1];
      return row >= from && row <= to;
    },
    acknowledge: (from, to) => {
      writeSync(descriptor, `${from}-${to}\n`);
    },
    close: () => closeSync(descriptor),
    remove: () => rmSync(file, { force: true }),
  };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function rangeOf(line: string): Range[] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(line) ?? [];
  return Number(from) <= Number(to) ? [[Number(from), Number(to)]] : [];
}

/** In their order, and apart from each other. */
function merged(ranges: readonly Range[]): Range[] {
  const apart: [number, number][] = [];
  for (const [from, to] of [...ranges].sort(([one], [other]) => one - other)) {
    const last = apart.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else apart.push([from, to]);
  }
  return apart;
}

function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** The index of the last range that begins at or before a row, or -1. */
function lastFrom(ranges: readonly Range[], row: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[0] ?? 0) <= row) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
