/** Collects the rows of a load, and writes them in parts that Redshift reads in parallel. */
import { gzipSync } from "node:zlib";
import type { LoadLine } from "../../lake/warehouse/loadLine";
import type { ObjectStore } from "../effects/objectStore";

/** Uncompressed. Redshift reads parts in parallel: 1 MB to 1 GB each after compression (COPY best practices). */
const PART_BYTES = 16 * 2 ** 20;

/** The rows of a load, each `_id` once: MERGE refuses a target row with two source rows. */
export class LoadedRows {
  changedValues = 0;
  readonly #ids = new Set<string>();
  readonly #packed: Buffer[] = [];
  #lines: string[] = [];
  #length = 0;

  get count(): number {
    return this.#ids.size;
  }

  add({ id, line, changedValues }: LoadLine): void {
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    this.changedValues += changedValues;
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= PART_BYTES) this.#pack();
  }

  parts(folder: string): string[] {
    return this.#packed.map((_, index) => `${folder}${String(index).padStart(4, "0")}.ndjson.gz`);
  }

  async write(store: Pick<ObjectStore, "put">, folder: string): Promise<void> {
    this.#pack();
    const keys = this.parts(folder);
    for (const [index, body] of this.#packed.entries()) await store.put(keys[index] as string, body);
  }

  #pack(): void {
    if (this.#lines.length === 0) return;
    this.#packed.push(gzipSync(this.#lines.join(""), { level: 1 }));
    this.#lines = [];
    this.#length = 0;
  }
}
