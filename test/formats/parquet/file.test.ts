import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { DEFAULT_LIMITS } from "../../../formats/limits";
import { readParquetFile } from "../../../formats/parquet/file";
import { parquet } from "../../../formats/parquet/parquet";
import { Payload } from "../../../formats/payload";
import type { DecodedRow } from "../../../formats/row";

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "parquet-"));
  file = path.join(dir, "a.parquet");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function write(select: string, options: string): Promise<void> {
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet, ${options})`);
  connection.closeSync();
}

async function read(onBytes?: (bytes: number) => void) {
  const rows = [];
  for await (const row of readParquetFile(file, onBytes)) rows.push(row);
  return rows;
}

test.each(["snappy", "zstd", "gzip", "uncompressed"])(
  "a file of several row groups, %s, has the rows that a router decodes from it",
  async (codec) => {
    const select = `SELECT i AS id, 'n' || (i % 7) AS name, [i, i + 1] AS list, {'at': TIMESTAMP '2026-11-21 10:00:00'} AS place,
      CASE WHEN i % 3 = 0 THEN NULL ELSE i * 1.5::DOUBLE END AS total FROM range(5000) t(i) ORDER BY i`;
    await write(select, `ROW_GROUP_SIZE 2048, COMPRESSION ${codec}`);
    let bytes = 0;
    const rows = await read((more) => {
      bytes += more;
    });
    const whole = parquet.open({}, DEFAULT_LIMITS).decode(new Payload(readFileSync(file))) as DecodedRow[];
    expect(rows).toHaveLength(5000);
    expect(rows).toEqual(whole.map(({ row }) => row));
    expect(rows[4999]).toMatchObject({ id: 4999, name: "n1", list: [4999, 5000], total: 7498.5 });
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(readFileSync(file).length);
  },
);

test("a file that is cut short is refused", async () => {
  await write("SELECT 1 AS a", "COMPRESSION snappy");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 1));
  await expect(read()).rejects.toThrow(`${bytes.length - 1} bytes: they do not end as a Parquet file does`);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 4), bytes.subarray(bytes.length - 8)]));
  await expect(read()).rejects.toThrow("12 bytes: they do not end as a Parquet file does");
});
