/** Reads the identities that the ledger compares, as lines for its tables: of streams, failed batches, lake objects and Parquet. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseObjectKey } from "../../lake/objectKey";
import { filesBelow } from "../duckdb/files";
import type { OnStep } from "../workStep";
import { readFailedBatch } from "./failedBatch";
import { landedRuns } from "./landedRuns";
import { type Line, NULL } from "./lineLoader";

/** A record of the stream. */
export interface StreamPosition {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
}

export interface LedgerSources {
  /** The stream of the ledger; without it, all streams that are routed into this lake. */
  readonly stream?: string;
  /** Every record of the stream or streams, some at a time. */
  readonly sent: Iterable<readonly StreamPosition[]> | AsyncIterable<readonly StreamPosition[]>;
  /** The folder of the lake bucket's objects. Keys and lines, not prefixes, tell the kinds of objects apart. */
  readonly lakeDir: string;
  /** Keys of other lakes in the bucket are left out. @default all keys are the lake's */
  readonly isOwnKey?: (key: string) => boolean;
  /** The folders of the on-failure destinations' objects. */
  readonly failedDirs: readonly string[];
  /** The routers; batches that other functions of the stream failed on are left out. @default batches of all functions */
  readonly functionNames?: readonly string[];
  /** False if no job of the program flattens the lake, so that its rows stay in raw/. @default true */
  readonly isFlattened?: boolean;
}

/** Numbers for the names of streams and tables, which repeat in every line. */
export class Numbers {
  readonly streams = new Map<string, number>();
  readonly tables = new Map<string, number>();

  stream(name: string): number {
    return numberOf(this.streams, name);
  }

  table(name: string): number {
    return numberOf(this.tables, name);
  }
}

function numberOf(known: Map<string, number>, name: string): number {
  const number = known.get(name) ?? known.size;
  known.set(name, number);
  return number;
}

export async function* sentRecords(positions: LedgerSources["sent"], numbers: Numbers): AsyncGenerator<Line> {
  for await (const some of positions) {
    let lines = "";
    for (const { stream, shard, sequenceNumber } of some) {
      lines += `${numbers.stream(stream)}\t${shard}/${sequenceNumber}\n`;
    }
    if (lines !== "") yield lines;
  }
}

/** The fixed prefix of Lambda's failed batches. */
export function* failedRecords(
  { failedDirs, functionNames }: LedgerSources,
  numbers: Numbers,
  wanted: number | undefined,
): Generator<Line> {
  let batch = 0;
  for (const folder of failedDirs) {
    for (const file of filesBelow(path.join(folder, "aws", "lambda"))) {
      const { functionName, records } = readFailedBatch(readFileSync(file, "utf8"));
      if (functionName !== undefined && functionNames?.includes(functionName) === false) continue;
      batch++;
      for (const record of records) {
        const border = record.indexOf("/");
        const stream = numbers.stream(record.slice(0, border));
        if (isWanted(stream, wanted)) yield `${batch}\t${stream}\t${record.slice(border + 1)}\n`;
      }
    }
  }
}

interface LandedObject {
  readonly path: string;
  readonly tableNumber: number;
  readonly bytes: number;
  /** The number of lines in the object's key. */
  readonly lines: number;
  /** The number of lines that it contains. */
  found: number;
  holdsRows: boolean;
  /** True if its lines are of a stream with another ledger: an object has records of one stream. */
  isOther: boolean;
}

/** The files of the lake's own objects. */
function filesOf({ lakeDir, isOwnKey = () => true }: LedgerSources, ending: string): string[] {
  return filesBelow(lakeDir, ending).filter((file) => isOwnKey(keyOf(lakeDir, file)));
}

function keyOf(lakeDir: string, file: string): string {
  return path.relative(lakeDir, file).split(path.sep).join("/");
}

export function landedObjects(sources: LedgerSources, numbers: Numbers): LandedObject[] {
  return filesOf(sources, ".ndjson.gz").map((file) => {
    const object = parseObjectKey(keyOf(sources.lakeDir, file));
    if (!object) throw new Error(`local/ledger: ${file} is not named as an object of the lake`);
    const tableNumber = numbers.table(object.table);
    const { size } = statSync(file);
    return { path: file, tableNumber, bytes: size, lines: object.count, found: 0, holdsRows: false, isOther: false };
  });
}

/** The columns of the lines of `runsOf`. */
export const RUN_COLUMNS =
  "is_raw BOOLEAN, table_number INTEGER, stream INTEGER, name VARCHAR, row_name VARCHAR, part INTEGER, first BIGINT, last BIGINT, reason VARCHAR";

/** Counts the lines of each object while it reads them. */
export async function* runsOf(
  objects: readonly LandedObject[],
  numbers: Numbers,
  wanted: number | undefined,
  onStep: OnStep,
): AsyncGenerator<Line> {
  const ofBytes = objects.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = 0;
  const onBytes = (bytes: number) => {
    read += bytes;
    onStep({ what: "reading the rows and records in the lake", bytes: read, ofBytes });
  };
  for (const object of objects) {
    for await (const runs of landedRuns(object.path, onBytes)) {
      let lines = "";
      for (const { isRaw, stream, position, rowPosition, part, first, last, reason } of runs) {
        object.found += first === null || last === null ? 1 : last - first + 1;
        object.holdsRows ||= isRaw;
        const streamNumber = numbers.stream(stream);
        object.isOther ||= !isWanted(streamNumber, wanted);
        const place = `${first ?? NULL}\t${last ?? NULL}`;
        lines += `${isRaw}\t${object.tableNumber}\t${streamNumber}\t${position}\t${rowPosition}\t${part}\t${place}\t${reason ?? NULL}\n`;
      }
      if (lines !== "") yield lines;
    }
  }
}

export function* objectLines(objects: readonly LandedObject[]): Generator<Line> {
  for (const { path: file, lines, found, holdsRows, isOther } of objects) {
    if (!isOther) yield `${JSON.stringify(file)}\t${lines}\t${found}\t${holdsRows}\n`;
  }
}

interface TablePart {
  readonly path: string;
  readonly tableNumber: number;
}

const PART = /([^/\\]+)[/\\]dt=[^/\\]+[/\\]hour=[^/\\]+[/\\][^/\\]+\.parquet$/;

export function tableParts(sources: LedgerSources, numbers: Numbers): TablePart[] {
  return filesOf(sources, ".parquet").flatMap((file) => {
    const table = PART.exec(file)?.[1];
    return table === undefined ? [] : [{ path: file, tableNumber: numbers.table(table) }];
  });
}

export function* partLines(parts: readonly TablePart[]): Generator<Line> {
  for (const part of parts) yield `${JSON.stringify(part.path)}\t${part.tableNumber}\n`;
}

export function* numbered(names: ReadonlyMap<string, number>): Generator<Line> {
  for (const [name, number] of names) yield `${number}\t${name}\n`;
}

/** Without a wanted stream, all are wanted. */
function isWanted(stream: number, wanted: number | undefined): boolean {
  return wanted === undefined || stream === wanted;
}
