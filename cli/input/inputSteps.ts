/** Collects, while inputs are read, the bytes read and the files whose records are not their own bytes. */

import path from "node:path";
import { counting } from "../terminal/wording";
import type { Inputs } from "./expandInputs";

/** Files are counted beyond this number. */
const MAX_NAMED = 5;
const EMPTY = "no records";

export interface InputSteps {
  /** Counts bytes that were read. */
  readonly onBytes: (bytes: number) => void;
  /** Keeps a file whose records are not its own bytes. */
  readonly onConverted: (file: string, how: string) => void;
  /** Counts a row that has no id. */
  readonly onWithoutId: (file: string) => void;
  /** Keeps a file without records. */
  readonly onEmpty: (file: string) => void;
  /** The bytes read so far. */
  readonly bytes: () => number;
  /** Lines on the files for people: `a.parquet, b.parquet: rows of Parquet, sent as NDJSON`, and those left out. */
  readonly notes: (inputs: Inputs, cwd: string) => string[];
}

export function inputSteps(): InputSteps {
  let bytes = 0;
  const byHow = new Map<string, string[]>();
  const withoutId = new Map<string, number>();
  return {
    onBytes: (more: number) => {
      bytes += more;
    },
    onConverted: (file: string, how: string) => {
      byHow.set(how, [...(byHow.get(how) ?? []), file]);
    },
    onEmpty: (file) => {
      byHow.set(EMPTY, [...(byHow.get(EMPTY) ?? []), file]);
    },
    onWithoutId: (file) => {
      withoutId.set(file, (withoutId.get(file) ?? 0) + 1);
    },
    bytes: () => bytes,
    notes: ({ note }, cwd) => {
      const converted = [...byHow].map(([how, files]) => {
        const more = files.length - MAX_NAMED;
        const names = files.slice(0, MAX_NAMED).map((file) => named(file, cwd));
        return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}: ${how}`;
      });
      const lacking = [...withoutId].map(
        ([file, count]) =>
          `${named(file, cwd)}: ${counting(count, "record")} without an id, because only JSON objects have members`,
      );
      return [...converted, ...lacking, ...(note === undefined ? [] : [note])];
    },
  };
}

function named(file: string, cwd: string): string {
  return path.isAbsolute(file) ? path.relative(cwd, file) : file;
}
