/** Finds lines of the program's source for positions in a compiled script. */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

export interface SourcePlace {
  /** The absolute path. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A script as V8 compiled it, with its source map. Lines and columns are counted from 0. */
export class Script {
  private readonly file: string;
  private readonly map: SourceMap | undefined;
  private readonly lines: readonly number[];

  constructor(
    url: string,
    sourceMapURL: string | undefined,
    readonly code: string,
  ) {
    this.file = pathOf(url);
    this.map = sourceMapURL ? readSourceMap(this.file, sourceMapURL) : undefined;
    this.lines = lineStarts(code);
  }

  /** A position as an index into the code. */
  indexOf(line: number, column: number): number {
    return (this.lines[line] ?? 0) + column;
  }

  /** The place in the source; that in the compiled file if the source map cannot be read. */
  placeAt(index: number): SourcePlace {
    const line = this.lines.findLastIndex((start) => start <= index);
    const entry = this.map?.findEntry(line, index - (this.lines[line] ?? 0));
    if (!entry || !("originalSource" in entry)) return { file: this.file, line: line + 1 };
    const file = path.resolve(path.dirname(this.file), pathOf(entry.originalSource));
    return { file, line: entry.originalLine + 1 };
  }
}

/** The index at which each line of a text begins. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function pathOf(urlOrPath: string): string {
  return urlOrPath.startsWith("file:") ? fileURLToPath(urlOrPath) : urlOrPath;
}

function readSourceMap(file: string, url: string): SourceMap | undefined {
  const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(url)?.[1];
  try {
    const text = inline
      ? Buffer.from(inline, "base64").toString("utf8")
      : readFileSync(path.resolve(path.dirname(file), url), "utf8");
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
