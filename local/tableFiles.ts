/** The files of the DynamoDB tables of a run: a line with the key's attributes, then a line for each write. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Attributes } from "../lake/serving/attributes";

export interface TableFile {
  readonly name: string;
  /** The attributes of the primary key. */
  readonly keys: readonly string[];
}

const FOLDER = "dynamodb";
const ENDING = ".ndjson";

export function tableFile(dataDir: string, table: string): string {
  return path.join(dataDir, FOLDER, `${table}${ENDING}`);
}

/** The tables of a run, by name. */
export function tablesOf(dataDir: string): TableFile[] {
  const folder = path.join(dataDir, FOLDER);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
  return names.sort().map((file) => {
    const name = file.slice(0, -ENDING.length);
    return { name, keys: (JSON.parse(linesOf(dataDir, name)[0] as string) as TableFile).keys };
  });
}

/** The item whose hash key has this value; undefined if there is none. */
export function itemOf(dataDir: string, { name, keys }: TableFile, value: string): Attributes | undefined {
  const [, ...writes] = linesOf(dataDir, name);
  const wanted = JSON.stringify({ [keys[0] as string]: { S: value } });
  const last = writes.findLast((line) => line.startsWith(`{"key":${wanted},`));
  return last === undefined ? undefined : ((JSON.parse(last) as { item: Attributes | null }).item ?? undefined);
}

/** Without a last line that a process which was killed wrote in part. */
function linesOf(dataDir: string, table: string): string[] {
  return readFileSync(tableFile(dataDir, table), "utf8").split("\n").slice(0, -1);
}
