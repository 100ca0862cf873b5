/** The Glue Data Catalog of a run: databases, tables and partitions in one JSON file, which remains after the run. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ServiceError } from "../cloud/service";

/** A database in the form of Glue's API; times are seconds since the epoch. */
export interface GlueColumn {
  readonly Name: string;
  readonly Type: string;
  readonly Comment?: string;
}

export interface StorageDescriptor {
  readonly Columns: readonly GlueColumn[];
  /** `s3://bucket/prefix/` */
  readonly Location: string;
  readonly InputFormat?: string;
  readonly OutputFormat?: string;
  readonly Compressed?: boolean;
  readonly NumberOfBuckets?: number;
  readonly SortColumns?: readonly object[];
  readonly StoredAsSubDirectories?: boolean;
  readonly SerdeInfo: {
    readonly Name?: string;
    readonly SerializationLibrary: string;
    readonly Parameters?: Record<string, string>;
  };
}

/**
 * Glue returns these fields of every table and partition, also if its creator left them out. Trino's Hive connector
 * depends on them. https://docs.aws.amazon.com/cli/latest/reference/glue/get-tables.html#examples
 */
export const DESCRIPTOR_DEFAULTS = { NumberOfBuckets: 0, SortColumns: [], StoredAsSubDirectories: false };

interface GlueDatabase {
  readonly Name: string;
  readonly Description?: string;
  readonly CreateTime: number;
  readonly CatalogId: string;
}

export interface GlueTable {
  readonly Name: string;
  readonly DatabaseName: string;
  readonly Description?: string;
  readonly CreateTime: number;
  readonly UpdateTime: number;
  readonly TableType: string;
  readonly Parameters: Record<string, string>;
  readonly PartitionKeys: readonly GlueColumn[];
  readonly StorageDescriptor: StorageDescriptor;
  /** The definition of a view. */
  readonly ViewOriginalText?: string;
  readonly ViewExpandedText?: string;
  readonly CatalogId: string;
}

interface GluePartition {
  readonly Values: readonly string[];
  readonly DatabaseName: string;
  readonly TableName: string;
  readonly CreationTime: number;
  readonly StorageDescriptor: StorageDescriptor;
  readonly CatalogId: string;
}

interface Contents {
  readonly databases: Record<string, GlueDatabase>;
  /** By `database.table`; neither name contains a dot. */
  readonly tables: Record<string, GlueTable>;
  readonly partitions: Record<string, GluePartition[]>;
}

export class Catalog {
  readonly #file: string;
  readonly #contents: Contents;

  /** Reads the existing catalog; a missing file is an empty catalog. */
  constructor(dataDir: string) {
    this.#file = path.join(dataDir, "glue", "catalog.json");
    this.#contents = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, "utf8")) as Contents)
      : { databases: {}, tables: {}, partitions: {} };
  }

  databases(): GlueDatabase[] {
    return Object.values(this.#contents.databases);
  }

  database(name: string): GlueDatabase {
    const database = this.#contents.databases[name.toLowerCase()];
    if (!database) throw notFound(`Database ${name} not found.`);
    return database;
  }

  putDatabase(database: GlueDatabase): void {
    this.#contents.databases[database.Name] = database;
    this.#save();
  }

  /** Deletes a database with all its tables. https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteDatabase.html */
  removeDatabase(name: string): void {
    for (const table of this.tables(name)) this.#forget(table.DatabaseName, table.Name);
    delete this.#contents.databases[name.toLowerCase()];
    this.#save();
  }

  tables(database: string): GlueTable[] {
    this.database(database);
    return Object.values(this.#contents.tables).filter((table) => table.DatabaseName === database.toLowerCase());
  }

  table(database: string, name: string): GlueTable {
    const table = this.findTable(database, name);
    if (!table) throw notFound(`Entity Not Found (table ${name} of database ${database})`);
    return table;
  }

  findTable(database: string, name: string): GlueTable | undefined {
    return this.#contents.tables[keyOf(database, name)];
  }

  putTable(table: GlueTable): void {
    this.database(table.DatabaseName);
    this.#contents.tables[keyOf(table.DatabaseName, table.Name)] = table;
    this.#save();
  }

  /** Deletes a table with all its partitions. */
  removeTable(database: string, name: string): void {
    this.table(database, name);
    this.#forget(database, name);
    this.#save();
  }

  partitions(database: string, table: string): readonly GluePartition[] {
    this.table(database, table);
    return this.#contents.partitions[keyOf(database, table)] ?? [];
  }

  /** Replaces all partitions of a table, sorted by their values. */
  putPartitions(database: string, table: string, partitions: readonly GluePartition[]): void {
    const sorted = [...partitions].sort((a, b) => (a.Values.join("/") < b.Values.join("/") ? -1 : 1));
    this.#contents.partitions[keyOf(database, table)] = sorted;
    this.#save();
  }

  #forget(database: string, table: string): void {
    delete this.#contents.tables[keyOf(database, table)];
    delete this.#contents.partitions[keyOf(database, table)];
  }

  /** Writes a temporary file and renames it, so that an interrupted run leaves the last complete catalog. */
  #save(): void {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#contents, null, 1));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function keyOf(database: string, table: string): string {
  return `${database.toLowerCase()}.${table.toLowerCase()}`;
}

function notFound(message: string): ServiceError {
  return new ServiceError("EntityNotFoundException", message);
}
