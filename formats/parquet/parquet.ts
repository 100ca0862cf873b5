/** Parquet: a small file in one record, with any number of rows. */
import { Budget } from "../budget";
import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row, Value } from "../row";
import { recordMaker } from "../values/recordMaker";
import { encodeParquet } from "./encode";
import { checkThrift, ParquetProblem } from "./guards";
import { type Hyparquet, hyparquet, type RowGroup, type SchemaTree } from "./library";
import { type PageAllowance, readPages } from "./pages";

/** Parquet has no options: `parquet: {}` enables it. */
export type ParquetOptions = Record<string, never>;

const MAGIC = Buffer.from("PAR1");
/** The magic at both ends and the footer's length take 12 bytes. */
const LEAST_BYTES = 12;

/**
 * Claims payloads that begin with `PAR1` and are not text, or end like a Parquet file. Lists become lists, structs and
 * maps become objects, and `parquetConverter` documents the other values. Encrypted files, VARIANT, LZ4 and the
 * encoding DELTA_BYTE_ARRAY are not supported.
 */
export const parquet: Format<"parquet", ParquetOptions> = {
  name: "parquet",
  check: (options) => Object.keys(options).map((name) => `parquet.${name} is not an option; parquet has none`),
  open: (_options, limits): FormatReader => ({
    detect: isParquet,
    decode: (payload) => decodeFile(payload, limits),
  }),
  encode: encodeParquet,
};

/** Bytes that begin with the magic and are not text are a Parquet file, perhaps a broken one. A short file may also be valid text. */
function isParquet(payload: Payload): boolean {
  const { bytes } = payload;
  if (bytes.length < MAGIC.length || bytes.readUInt32BE() !== MAGIC.readUInt32BE()) return false;
  return !payload.isText || footerStart(bytes) !== undefined;
}

/** The start of the footer; undefined if the bytes do not end like a Parquet file. */
function footerStart(bytes: Buffer): number | undefined {
  if (bytes.length < LEAST_BYTES || MAGIC.compare(bytes, bytes.length - 4) !== 0) return undefined;
  const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  return start >= MAGIC.length ? start : undefined;
}

function decodeFile(payload: Payload, limits: Limits): DecodedRow[] {
  const library = hyparquet();
  return withoutNames(payload.bytes.length, () => readFile(payload, library, limits));
}

export function withoutNames<T>(bytes: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) throw error;
    // hyparquet's errors may quote names from the file, so the detail only states that the file is broken.
    const { message, reason } = error instanceof ParquetProblem ? error : new ParquetProblem("the file is broken");
    throw new FormatError("parquet", `${bytes} bytes: ${message}`, reason, { cause: error });
  }
}

function readFile(payload: Payload, { parquetMetadata, parquetSchema }: Hyparquet, limits: Limits): DecodedRow[] {
  const { bytes } = payload;
  const footer = footerStart(bytes);
  if (footer === undefined) throw new ParquetProblem("they do not end as a Parquet file does");
  checkThrift(bytes.subarray(0, bytes.length - 8), footer);
  const file = parquetMetadata(bytes, { geoparquet: false });
  const budget = new Budget("parquet", limits, payload);
  budget.announceRows(Math.max(Number(file.num_rows), ...file.row_groups.map((group) => Number(group.num_rows))));
  budget.columns(file.schema.length);
  const root = parquetSchema(file);
  checkTree(root, budget, 0);
  if (root.children.length === 0) throw new ParquetProblem("they hold no column");

  const rows: Row[] = [];
  const allowance: PageAllowance = { bytes: limits.payloadBytes };
  for (const group of file.row_groups) {
    budget.announceRows(rows.length + Number(group.num_rows));
    const { count, make } = readGroup(bytes, group, root, budget, allowance, limits);
    for (let index = 0; index < count; index++) rows.push(make(index));
  }
  return rows.map((row) => ({ row }));
}

/** The rows of a row group. */
export interface GroupRows {
  readonly count: number;
  /** The row at an index from 0. */
  readonly make: (index: number) => Row;
}

/** Bounds the depth and refuses ambiguous names; hyparquet's objects would lose a nested `__proto__`. */
export function checkTree(tree: SchemaTree, budget: Budget, depth: number): void {
  budget.descend(depth);
  if (depth > 1 && tree.element.name === "__proto__") throw new ParquetProblem("a nested column has a reserved name");
  const names = tree.children.map(({ element }) => element.name);
  if (new Set(names).size < names.length) throw new ParquetProblem("a column's name is there twice");
  for (const child of tree.children) checkTree(child, budget, depth + 1);
}

export function readGroup(
  bytes: Buffer,
  group: RowGroup,
  root: SchemaTree,
  budget: Budget,
  allowance: PageAllowance,
  limits: Limits,
): GroupRows {
  const { getTreePath, assembleNested } = hyparquet();
  const chunks = new Map<string, unknown[]>();
  for (const { meta_data: metadata, file_path: path } of group.columns) {
    if (!metadata || path !== undefined) throw new ParquetProblem("a column is encrypted or in another file");
    const chunk = { metadata, path: getTreePath(root, metadata.path_in_schema) };
    chunks.set(metadata.path_in_schema.join("."), readPages(bytes, chunk, budget, allowance, limits));
  }
  const names = root.children.map(({ element }) => element.name);
  const count = Number(group.num_rows);
  budget.spend(count, names.join("").length * count);
  const columns: ((index: number) => Value)[] = [];
  for (const child of root.children) {
    const name = child.element.name;
    const isNested = child.children.length > 0;
    if (isNested) assembleNested(chunks, child, {});
    const values = chunks.get(name);
    if (values?.length !== count) throw new ParquetProblem("a column has more or fewer values than there are rows");
    columns.push(isNested ? (index) => plainValue(values[index]) : (index) => (values[index] ?? null) as Value);
  }
  return { count, make: recordMaker(names, columns) };
}

/** Replaces undefined by null: hyparquet assembles absent structs and maps as undefined. */
function plainValue(value: unknown): Value {
  if (typeof value !== "object" || value === null) return (value ?? null) as Value;
  if (Array.isArray(value)) return value.map(plainValue);
  const row: Row = {};
  for (const [name, member] of Object.entries(value)) row[name] = plainValue(member);
  return row;
}
