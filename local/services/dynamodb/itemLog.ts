/** Writes each item of a table to a file as it is written, so that the table can be read after the run. */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { tableFile } from "../../tableFiles";
import type { Json } from "./engine";

export class ItemLog {
  private readonly file: string;

  /** @param keys the names of the hash key and, if the table has one, of the range key */
  constructor(
    dataDir: string,
    table: string,
    private readonly keys: readonly string[],
  ) {
    this.file = tableFile(dataDir, table);
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify({ keys })}\n`);
  }

  keyOf(item: Json): Json {
    return Object.fromEntries(this.keys.map((name) => [name, item[name]]));
  }

  /** @param item undefined for an item that is deleted */
  add(key: Json, item: Json | undefined): void {
    appendFileSync(this.file, `${JSON.stringify({ key, item: item ?? null })}\n`);
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }
}
