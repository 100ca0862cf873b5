/** Reads what a delivery stream has written: rows with their folders, and the records and rows that failed. */
import { createReadStream, readFileSync } from "node:fs";
import path from "node:path";
import { createGunzip } from "node:zlib";
import { filesBelow, sqlFiles } from "../../duckdb/files";
import { lineHeads } from "../lineHeads";
import type { Line } from "../lineLoader";
import { keyOf } from "./deliveredTables";
import { digestOf } from "./deliveryPass";

/** The table and the hour, as `sales/dt=2026-11-20/hour=10`; DuckDB takes the expression, too. */
const FOLDER = "([^/]+/dt=[^/]+/hour=[^/]+)/[^/]*$";

export function folderOf(key: string): string {
  return new RegExp(FOLDER).exec(key)?.[1] ?? key;
}

/** The files of these tables with this ending. */
export function filesOfTables(tablesDir: string, tables: ReadonlySet<string>, ending: string): string[] {
  return [...tables].sort().flatMap((table) => filesBelow(path.join(tablesDir, table), ending));
}

const HEAD = /^\{"_id":"([^"]+)"/;
const MAX_HEAD_BYTES = 512;

/** The id of each row, and its folder. */
export async function* deliveredRows(files: readonly string[]): AsyncGenerator<Line> {
  for (const file of files) {
    const folder = folderOf(keyOf("/", file));
    const lines = createReadStream(file).pipe(createGunzip());
    for await (const heads of lineHeads(lines, MAX_HEAD_BYTES)) {
      const ids = heads.map((head) => {
        const id = HEAD.exec(head.toString("latin1"))?.[1];
        if (id === undefined) throw new Error(`local/ledger: ${file} has a line that is not one of the lake's`);
        return `${id}\t${folder}\n`;
      });
      yield ids.join("");
    }
  }
}

const UNCONVERTED_FOLDER = "/format-conversion-failed/";

/** The bytes of records that the function refuses or does not answer for. */
export function* failedDigests(folder: string): Generator<Line> {
  for (const bytes of failedBytes(folder, (key) => !key.includes(UNCONVERTED_FOLDER))) yield `${digestOf(bytes)}\n`;
}

/** The rows that Firehose does not convert: it keeps the lines of the function's answer. */
export function* unconvertedIds(folder: string): Generator<Line> {
  for (const bytes of failedBytes(folder, (key) => key.includes(UNCONVERTED_FOLDER))) {
    const lines = bytes.toString().split("\n").slice(0, -1);
    yield lines.map((line) => `${HEAD.exec(line)?.[1] ?? digestOf(Buffer.from(line))}\n`).join("");
  }
}

/** The names of these objects have no ending, as Firehose gives failed records none. An object that is there twice is one. */
function* failedBytes(folder: string, isWanted: (key: string) => boolean): Generator<Buffer> {
  const seen = new Set<string>();
  for (const file of filesBelow(folder).filter((each) => isWanted(keyOf("/", each)))) {
    const body = readFileSync(file);
    const digest = digestOf(body);
    if (seen.has(digest)) continue;
    seen.add(digest);
    for (const line of body.toString().split("\n")) {
      if (line !== "") yield Buffer.from((JSON.parse(line) as { rawData: string }).rawData, "base64");
    }
  }
}

/** SQL for the id of each row of Parquet files, and its folder. */
export function idsIn(files: readonly string[]): string {
  return `SELECT _id AS id, regexp_extract(replace(filename, '\\', '/'), '${FOLDER}', 1) AS folder
    FROM read_parquet(${sqlFiles(files)}, hive_partitioning = false, filename = true)`;
}
