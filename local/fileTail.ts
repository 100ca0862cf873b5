/** Reads the lines that are appended to the files of a directory. */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import path from "node:path";

export interface AppendedLine {
  /** Relative to the directory, with `/`. */
  readonly file: string;
  readonly line: string;
}

/** Bytes of one read; a line that is longer takes several. */
const CHUNK_BYTES = 1024 * 1024;

export class FileTail {
  private readonly offsets = new Map<string, number>();

  /**
   * @param from `"start"` reads every file from its start; `"end"` skips what files hold now, not files that appear later
   */
  constructor(
    private readonly directory: string,
    from: "start" | "end" = "end",
  ) {
    if (from === "start") return;
    for (const file of this.files()) this.offsets.set(file, sizeOf(path.join(this.directory, file)));
  }

  /** The whole lines that were appended since the last call. */
  *read(): Generator<AppendedLine> {
    for (const file of this.files()) {
      for (const line of this.appended(file)) yield { file, line };
    }
  }

  private *appended(file: string): Generator<string> {
    const name = path.join(this.directory, file);
    const start = this.offsets.get(file) ?? 0;
    const end = sizeOf(name);
    if (end <= start) return;
    const opened = openSync(name, "r");
    try {
      let rest = Buffer.alloc(0);
      for (let at = start; at < end; ) {
        const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, end - at));
        const count = readSync(opened, chunk, 0, chunk.length, at);
        if (count === 0) break;
        at += count;
        rest = Buffer.concat([rest, chunk.subarray(0, count)]);
        const whole = rest.lastIndexOf(0x0a) + 1;
        if (whole === 0) continue;
        this.offsets.set(file, at - (rest.length - whole));
        const lines = rest.toString("utf8", 0, whole - 1).split("\n");
        rest = rest.subarray(whole);
        yield* lines;
      }
    } finally {
      closeSync(opened);
    }
  }

  private files(): string[] {
    try {
      const found = readdirSync(this.directory, { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(this.directory, path.join(entry.parentPath ?? entry.path, entry.name)))
        .map((file) => file.split(path.sep).join("/"))
        .sort();
    } catch (error) {
      // Nothing was written yet.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
