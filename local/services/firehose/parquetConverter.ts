/** Converts rows of a delivery stream to Parquet, with the columns of a table of the catalog that the declared role may read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Column, isColumnType } from "../../../lake/columns";
import { catalogArns } from "../../catalog/arns";
import type { GlueTable } from "../../catalog/catalog";
import type { Principal } from "../../cloud/iam/principal";
import type { CloudContext } from "../../cloud/service";
import { openDuckDb } from "../../duckdb/duckdb";
import { identifier, literal } from "../../duckdb/sql";
import { duckType } from "../../flatten/castSql";
import type { ConversionSettings } from "./conversionSettings";
import { ConversionError, convertRecord } from "./convertRecord";
import type { UnconvertedRecord } from "./failureLine";
import type { Transformed } from "./transformBatch";

/** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
const ACTIONS = ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"];

interface Converted {
  readonly converted: readonly Transformed[];
  readonly unconverted: readonly UnconvertedRecord[];
}

export class ParquetConverter {
  constructor(
    private readonly cloud: CloudContext,
    readonly settings: ConversionSettings,
    private readonly principal: Principal,
  ) {}

  /** @throws ServiceError for a table that is not there or may not be read, Error for a type that is not simulated */
  async columns(): Promise<Column[]> {
    const { cloud, principal, settings } = this;
    const { database, table } = settings;
    const resources = catalogArns(cloud, database, table);
    cloud.authorize(
      principal,
      ACTIONS.flatMap((action) => resources.map((resource) => ({ action, resource }))),
    );
    const answer = await cloud.call(principal, "glue", "GetTable", { DatabaseName: database, Name: table });
    const { Columns } = (answer as { Table: GlueTable }).Table.StorageDescriptor;
    return Columns.map(({ Name: name, Type: type }) => {
      if (isColumnType(type)) return { name, type };
      throw new Error(`the conversion of the column ${database}.${table}.${name} to ${type} is not simulated`);
    });
  }

  /** The records with their rows as lines of the table's columns, and those with a row that does not convert. */
  async convert(records: readonly Transformed[]): Promise<Converted> {
    const columns = await this.columns();
    const converted: Transformed[] = [];
    const unconverted: UnconvertedRecord[] = [];
    for (const one of records) {
      try {
        converted.push({ ...one, data: Buffer.from(convertRecord(one.data, columns)) });
      } catch (error) {
        if (!(error instanceof ConversionError)) throw error;
        unconverted.push({ record: one.record, data: one.data, error });
      }
    }
    return { converted, unconverted };
  }

  /** @param rows lines of `convertRecord`, compressed with gzip */
  async parquetOf(rows: Buffer): Promise<Buffer> {
    const columns = await this.columns();
    const folder = mkdtempSync(path.join(this.cloud.dataDir, "firehose-"));
    try {
      const [input, output] = [path.join(folder, "rows.ndjson.gz"), path.join(folder, "rows.parquet")];
      writeFileSync(input, rows);
      const types = columns.map(({ name, type }) => `${identifier(name)}: ${literal(duckType(type))}`);
      const read = `read_ndjson(${literal(input)}, columns = {${types.join(", ")}}, compression = 'gzip')`;
      const names = columns.map(({ name }) => identifier(name));
      const options = `FORMAT parquet, COMPRESSION ${this.settings.compression.toLowerCase()}`;
      const db = await openDuckDb({ spillDir: folder });
      try {
        await db.run(`COPY (SELECT ${names.join(", ")} FROM ${read}) TO ${literal(output)} (${options})`);
      } finally {
        db.close();
      }
      return readFileSync(output);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
