/** Searches the log files of a run for a string, the newest lines first, and reads the lines that are added. */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import path from "node:path";
import type { LogLine, LogsAnswer } from "../../console/wire";
import { FileTail } from "../../local/fileTail";

const MAX_LINES = 200;
/** The last bytes of each file are searched. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_CHARACTERS = 2000;
/** The end of a line with embedded metrics: their declaration, which repeats the names of the values before it. */
const METRICS = /,"_aws":\{(?:"Timestamp":\d+,)?"CloudWatchMetrics":\[.*\]\}\}$/;

export interface WantedLines {
  /** Every group when empty. */
  readonly group: string;
  /** Every line when empty; case is ignored. */
  readonly text: string;
}

interface LogFile {
  readonly group: string;
  readonly file: string;
  readonly bytes: number;
  readonly changedMillis: number;
}

export function searchLogs(dataDir: string, { group, text }: WantedLines): LogsAnswer {
  const files = logFiles(dataDir).filter((one) => group === "" || one.group === group);
  files.sort((left, right) => right.changedMillis - left.changedMillis);
  const wanted = text.toLowerCase();
  const lines: { group: string; line: string }[] = [];
  let isCut = false;
  for (const one of files) {
    isCut ||= one.bytes > MAX_BYTES;
    for (const whole of lastLines(one).reverse()) {
      const line = shownLine(whole, wanted);
      if (line === undefined) continue;
      if (lines.length === MAX_LINES) return { lines, isCut: true };
      lines.push({ group: one.group, line });
    }
  }
  return { lines, isCut };
}

/** Each call of the returned function reads the lines that were added since the last one, oldest first, the last 200 of them. */
export function addedLogs(dataDir: string, { group, text }: WantedLines): () => LogLine[] {
  const tail = new FileTail(path.join(dataDir, "logs"));
  const wanted = text.toLowerCase();
  return () => {
    const lines: LogLine[] = [];
    for (const { file, line: whole } of tail.read()) {
      const of = groupOf(path.posix.dirname(file));
      const line = group === "" || of === group ? shownLine(whole, wanted) : undefined;
      if (line === undefined) continue;
      lines.push({ group: of, line });
      if (lines.length > MAX_LINES) lines.shift();
    }
    return lines;
  };
}

/** Undefined for a line that is not wanted. */
function shownLine(whole: string, wanted: string): string | undefined {
  const line = whole.replace(METRICS, "}");
  return line !== "" && line.toLowerCase().includes(wanted) ? line.slice(0, MAX_CHARACTERS) : undefined;
}

/** The names of the log groups that have lines. */
export function groupsWithLogs(dataDir: string): string[] {
  return [...new Set(logFiles(dataDir).map(({ group }) => group))].sort();
}

/** Lambda names its streams by the day, `2026/11/20/[$LATEST]…`; other streams lie in the group itself. */
function groupOf(folder: string): string {
  return folder.replace(/\/\d{4}\/\d{2}\/\d{2}$/, "");
}

function logFiles(dataDir: string): LogFile[] {
  const root = path.join(dataDir, "logs");
  if (!existsSync(root)) return [];
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const { size: bytes, mtimeMs: changedMillis } = statSync(file);
    const folder = path.relative(root, path.dirname(file)).split(path.sep).join("/");
    return { group: groupOf(folder), file, bytes, changedMillis };
  });
}

function lastLines({ file, bytes }: LogFile): string[] {
  const start = Math.max(0, bytes - MAX_BYTES);
  const buffer = Buffer.alloc(bytes - start);
  const opened = openSync(file, "r");
  try {
    const count = readSync(opened, buffer, 0, buffer.length, start);
    const lines = buffer.toString("utf8", 0, count).split("\n");
    // The first line is cut.
    return start > 0 ? lines.slice(1) : lines;
  } finally {
    closeSync(opened);
  }
}
