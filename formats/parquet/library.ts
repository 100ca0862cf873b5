/** The synchronous parts of hyparquet, which read a file that is already in memory. */

export interface SchemaElement {
  readonly name: string;
  /** The physical type: `INT64`, `BYTE_ARRAY` …; absent for groups. */
  readonly type?: string;
  readonly type_length?: number;
  readonly scale?: number;
  readonly converted_type?: string;
  readonly logical_type?: {
    readonly type: string;
    /** The unit of times: `MILLIS`, `MICROS` or `NANOS`. */
    readonly unit?: string;
    readonly isAdjustedToUTC?: boolean;
    readonly isSigned?: boolean;
  };
}

export interface SchemaTree {
  readonly element: SchemaElement;
  readonly children: readonly SchemaTree[];
}

export interface ColumnMetadata {
  readonly type: string;
  readonly path_in_schema: readonly string[];
  readonly codec: string;
  readonly num_values: bigint;
  readonly total_compressed_size: bigint;
  readonly data_page_offset: bigint;
  readonly dictionary_page_offset?: bigint;
}

export interface RowGroup {
  readonly num_rows: bigint;
  readonly columns: readonly { readonly file_path?: string; readonly meta_data?: ColumnMetadata }[];
}

export interface FileMetadata {
  readonly num_rows: bigint;
  readonly schema: readonly SchemaElement[];
  readonly row_groups: readonly RowGroup[];
}

export interface DataPageHeader {
  readonly num_values: number;
  readonly encoding: string;
}

export interface DataPageHeaderV2 extends DataPageHeader {
  readonly definition_levels_byte_length: number;
  readonly repetition_levels_byte_length: number;
  is_compressed: boolean;
}

export interface PageHeader {
  readonly compressed_page_size: number;
  readonly uncompressed_page_size: number;
  readonly crc?: number;
  readonly dictionary_page_header?: { readonly num_values: number };
  readonly data_page_header?: DataPageHeader;
  readonly data_page_header_v2?: DataPageHeaderV2;
}

export interface Reader {
  readonly view: DataView;
  offset: number;
}

export interface ColumnDecoder {
  readonly type: string;
  readonly element: SchemaElement;
  readonly schemaPath: readonly SchemaTree[];
  readonly codec: "UNCOMPRESSED";
}

/** Values as stored: numbers, bigints, booleans, bytes, or indexes into a dictionary. */
export type Stored = ArrayLike<number | bigint | boolean | Uint8Array>;

export interface DataPage {
  readonly definitionLevels: number[] | undefined;
  readonly repetitionLevels: number[];
  readonly dataPage: Stored;
}

export interface Hyparquet {
  parquetMetadata(file: Uint8Array, options: { geoparquet: boolean }): FileMetadata;
  parquetSchema(metadata: FileMetadata): SchemaTree;
  getTreePath(tree: SchemaTree, path: readonly string[]): SchemaTree[];
  getMaxRepetitionLevel(path: readonly SchemaTree[]): number;
  getMaxDefinitionLevel(path: readonly SchemaTree[]): number;
  parquetHeader(reader: Reader): PageHeader;
  readDataPage(page: Uint8Array, header: DataPageHeader, decoder: ColumnDecoder): DataPage;
  readDataPageV2(page: Uint8Array, header: PageHeader, decoder: ColumnDecoder): DataPage;
  readPlain(reader: Reader, type: string, count: number, fixedLength: number | undefined): Stored;
  assembleLists(
    output: unknown[],
    definitionLevels: number[] | undefined,
    repetitionLevels: number[],
    values: readonly unknown[],
    path: readonly SchemaTree[],
  ): unknown[];
  assembleNested(columns: Map<string, unknown[]>, tree: SchemaTree, parsers: object): void;
}

let library: Hyparquet | undefined;

/**
 * Loads hyparquet when it is first needed. Its parts are ES modules: `require` loads them from Node.js 20.19 and 22.12 on, and
 * every bundler includes them.
 *
 * @throws on older versions of Node.js; the record is not at fault
 */
export function hyparquet(): Hyparquet {
  library ??= load();
  return library;
}

function load(): Hyparquet {
  try {
    return {
      ...require("hyparquet/src/metadata.js"),
      ...require("hyparquet/src/schema.js"),
      ...require("hyparquet/src/column.js"),
      ...require("hyparquet/src/datapage.js"),
      ...require("hyparquet/src/plain.js"),
      ...require("hyparquet/src/assemble.js"),
    } as Hyparquet;
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_REQUIRE_ESM") throw cause;
    throw new Error(
      `formats/parquet: Node.js ${process.version} does not load ES modules by require; use 20.19 or later of 20, or 22.12 or later.`,
      { cause },
    );
  }
}
