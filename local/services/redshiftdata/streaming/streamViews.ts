/** Materialized views of streams in a namespace's database: each is a table, and the position in its stream. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import type { DuckDb } from "../../../duckdb/duckdb";
import { sqlFiles } from "../../../duckdb/files";
import { identifier, literal } from "../../../duckdb/sql";
import { createTable } from "../catalog";
import { SYSTEM_SCHEMA, type TableName, tableSql } from "../sql/expressions";
import { RedshiftError } from "../sql/redshiftError";
import { type KinesisSchema, STREAM_COLUMNS, STREAM_RECORDS, type StreamView } from "../sql/streamView";
import type { ReadStream, StreamRecord } from "./streamReader";

/** https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_INFO.html */
export const viewInfo = (database: string) =>
  `SELECT ${literal(database)} AS database_name, schema_name, name, CASE WHEN is_automatic THEN 't' ELSE 'f' END AS autorefresh
   FROM ${VIEWS}`;

const SCHEMAS = `${SYSTEM_SCHEMA}.kinesis_schemas`;
const VIEWS = `${SYSTEM_SCHEMA}.stream_views`;
const POSITIONS = `${SYSTEM_SCHEMA}.stream_positions`;

/** Tables that outlive the process. Each string completes `CREATE TABLE IF NOT EXISTS`. */
export const STREAM_TABLES: readonly string[] = [
  `${SCHEMAS} (name VARCHAR, role VARCHAR)`,
  `${VIEWS} (schema_name VARCHAR, name VARCHAR, source VARCHAR, stream VARCHAR, is_automatic BOOLEAN, query VARCHAR)`,
  `${POSITIONS} (schema_name VARCHAR, name VARCHAR, shard VARCHAR, sequence_number VARCHAR)`,
];

export interface StreamViewsOptions {
  /** The directory of the run, for files while a refresh runs. */
  readonly dataDir: string;
  readonly nowMillis: number;
  /** Checks the role, and reads streams with it. */
  stream(role: string): ReadStream;
}

interface View {
  readonly table: Required<TableName>;
  readonly stream: string;
  readonly role: string;
  readonly isAutomatic: boolean;
  readonly query: string;
}

export class StreamViews {
  constructor(
    private readonly db: DuckDb,
    private readonly options: StreamViewsOptions,
  ) {}

  async createSchema({ name, role, isIfMissing }: KinesisSchema): Promise<void> {
    const { db } = this;
    this.options.stream(role);
    const found = await db.rows(`SELECT 1 FROM duckdb_schemas() WHERE schema_name = ${literal(name)}`);
    if (found.length > 0 && isIfMissing) return;
    if (found.length > 0) throw new RedshiftError(`schema "${name}" already exists`);
    await db.run(`CREATE SCHEMA ${identifier(name)}`);
    await db.run(`DELETE FROM ${SCHEMAS} WHERE name = ${literal(name)}`);
    await db.run(`INSERT INTO ${SCHEMAS} VALUES (${literal(name)}, ${literal(role)})`);
  }

  async create({ table, source, isAutomatic, query }: StreamView): Promise<void> {
    const { db } = this;
    await this.roleOf(source.schema);
    await this.withRecords(() =>
      createTable(db, { table, isTemporary: false, isIfMissing: false, elements: [], query }),
    );
    await this.forget(table);
    const values = [schemaOf(table), table.name, source.schema, source.name].map(literal);
    await db.run(`INSERT INTO ${VIEWS} VALUES (${values.join(", ")}, ${isAutomatic}, ${literal(query)})`);
  }

  /** Appends the records that have come since the last refresh. */
  async refresh(table: TableName): Promise<void> {
    const view = await this.find(table);
    if (!view) throw new RedshiftError(`materialized view "${spelled(table)}" does not exist`);
    const read = this.options.stream(view.role);
    const place = `schema_name = ${literal(view.table.schema)} AND name = ${literal(view.table.name)}`;
    const positions = await this.db.rows(`SELECT shard, sequence_number FROM ${POSITIONS} WHERE ${place}`);
    const after = new Map(positions.map((row) => [String(row.shard), String(row.sequence_number)]));
    await this.withRecords(async (fill) => {
      await read(view.stream, after, async (records) => {
        await fill(records);
        for (const { shard, sequenceNumber } of records) after.set(shard, sequenceNumber);
      });
      await this.db.run(`INSERT INTO ${tableSql(view.table)} ${view.query}`);
    });
    await this.db.run(`DELETE FROM ${POSITIONS} WHERE ${place}`);
    for (const [shard, sequence] of after) {
      const values = [view.table.schema, view.table.name, shard, sequence].map(literal);
      await this.db.run(`INSERT INTO ${POSITIONS} VALUES (${values.join(", ")})`);
    }
  }

  /** Refreshes those of these tables that are views with AUTO REFRESH YES. */
  async refreshNamed(tables: readonly TableName[]): Promise<void> {
    for (const { table, isAutomatic } of await this.among(tables)) if (isAutomatic) await this.refresh(table);
  }

  /** @throws RedshiftError if one of the tables is a view */
  async refuse(tables: readonly TableName[]): Promise<void> {
    const [view] = await this.among(tables);
    if (view) throw new RedshiftError(`"${view.table.name}" is a materialized view`);
  }

  async drop(table: TableName, isIfThere: boolean): Promise<void> {
    const view = await this.find(table);
    if (!view && isIfThere) return;
    if (!view) throw new RedshiftError(`materialized view "${spelled(table)}" does not exist`);
    await this.db.run(`DROP TABLE ${tableSql(view.table)}`);
    await this.forget(table);
  }

  private async find(table: TableName): Promise<View | undefined> {
    const [view] = await this.among([table]);
    return view;
  }

  /** The views among these tables. A view whose schema or table is gone is none. */
  private async among(tables: readonly TableName[]): Promise<View[]> {
    if (tables.length === 0) return [];
    const rows = await this.db.rows(
      `SELECT views.schema_name, views.name, stream, is_automatic, query, role FROM ${VIEWS} AS views
       JOIN ${SCHEMAS} AS schemas ON schemas.name = views.source
       JOIN duckdb_schemas() AS found ON found.schema_name = schemas.name
       JOIN duckdb_tables() AS tables ON tables.schema_name = views.schema_name AND tables.table_name = views.name`,
    );
    const views = rows.map((row) => ({
      table: { schema: String(row.schema_name), name: String(row.name) },
      stream: String(row.stream),
      role: String(row.role),
      isAutomatic: row.is_automatic === true,
      query: String(row.query),
    }));
    return views.filter((view) =>
      tables.some((table) => schemaOf(table) === view.table.schema && table.name === view.table.name),
    );
  }

  private async roleOf(schema: string): Promise<string> {
    const [row] = await this.db.rows(
      `SELECT role FROM ${SCHEMAS} AS schemas JOIN duckdb_schemas() AS found ON found.schema_name = schemas.name
       WHERE schemas.name = ${literal(schema)}`,
    );
    if (row) return String(row.role);
    throw new RedshiftError(
      `local/redshift-data: "${schema}" is no schema of streams; create it by CREATE EXTERNAL SCHEMA … FROM KINESIS`,
    );
  }

  private async forget(table: TableName): Promise<void> {
    const place = `schema_name = ${literal(schemaOf(table))} AND name = ${literal(table.name)}`;
    for (const each of [VIEWS, POSITIONS]) await this.db.run(`DELETE FROM ${each} WHERE ${place}`);
  }

  /** The table that a view's query reads, which `fill` fills through a file: a refresh may read any number of records. */
  private async withRecords(
    work: (fill: (records: readonly StreamRecord[]) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const scratch = mkdtempSync(path.join(this.options.dataDir, "refresh-"));
    const table = identifier(STREAM_RECORDS);
    const refreshTime = timestamp(this.options.nowMillis);
    try {
      await this.db.run(`CREATE TEMP TABLE ${table} (${STREAM_COLUMNS})`);
      let pages = 0;
      await work(async (records) => {
        const file = path.join(scratch, `${pages++}.ndjson`);
        const lines = records.map((record) =>
          JSON.stringify([
            timestamp(record.arrivedMillis),
            record.partitionKey,
            record.shard,
            record.sequenceNumber,
            refreshTime,
            textOf(record.data),
          ]),
        );
        appendFileSync(file, `${lines.join("\n")}\n`);
        // DuckDB keeps buffers of twice this size.
        const longest = Math.max(MIN_BUFFER_BYTES, ...lines.map((line) => Buffer.byteLength(line) + 1));
        const values = [0, 1, 2, 3, 4, 5].map((index) => `json_extract_string(json, '$[${index}]')`);
        await this.db.run(
          `INSERT INTO ${table} SELECT ${values.join(", ")} FROM read_json_objects(${sqlFiles([file])}, format = 'newline_delimited', maximum_object_size = ${longest})`,
        );
        rmSync(file);
      });
      await this.db.run(`DROP TABLE ${table}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

const MIN_BUFFER_BYTES = 1024 ** 2;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(data: Buffer): string | null {
  try {
    return UTF8.decode(data);
  } catch {
    // A binary record: CAN_JSON_PARSE is false for it.
    return null;
  }
}

function timestamp(millis: number): string {
  return new Date(millis).toISOString().replace("T", " ").replace("Z", "");
}

function schemaOf({ schema }: TableName): string {
  return schema ?? "public";
}

function spelled(table: TableName): string {
  return table.schema === undefined ? table.name : `${table.schema}.${table.name}`;
}
