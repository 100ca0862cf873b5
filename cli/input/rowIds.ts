/** Adds a column with a deterministic id to rows: the digest of their file's content, and their number in the file. */
import { createHash } from "node:crypto";
import { CsvCells } from "../../formats/csv/cells";
import { FormatError } from "../../formats/formatError";
import { DEFAULT_LIMITS } from "../../formats/limits";
import { CommandError } from "../errors";
import type { InputKind } from "./inputKind";
import { openInput } from "./openInput";

/** 64 bits, so that the files of an account have different digests. */
const DIGEST_CHARACTERS = 16;
const OPEN_OBJECT = 0x7b;

/** A row with its id, or undefined for one that cannot have a column because it is not a JSON object. */
export type AddRowId = (row: InputRow, number: number) => InputRow | undefined;

export interface InputRow {
  readonly payload: Uint8Array;
  /** CSV only: the length of the header line at the start of the payload, and the delimiter. */
  readonly csv?: { readonly headerBytes: number; readonly delimiter: string };
}

/** The digest of a file's content, unpacked: the same whether the file is compressed or not. */
export async function contentDigest(file: string, onBytes?: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  const input = await openInput(file, NO_STDIN, onBytes);
  for await (const chunk of input.chunks) hash.update(chunk);
  return hash.digest("hex");
}

const NO_STDIN = (async function* () {})();

/** The reason why rows of a file cannot have a column, or undefined. */
export function rowIdProblem(kind: InputKind): string | undefined {
  if (kind === "xml") return "XML, whose document is one record without columns";
  return kind === "binary" ? "binary data, which is one record without columns" : undefined;
}

/**
 * The column is the first one, because a ragged row of CSV has its first cells in the right columns.
 *
 * @param digest from `contentDigest`
 * @throws CommandError from the result, for rows that have a column of that name
 */
export function addRowIds(column: string, digest: string, title: string): AddRowId {
  const prefix = digest.slice(0, DIGEST_CHARACTERS);
  let checked: Uint8Array | undefined;
  return ({ payload, csv }, number) => {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const id = `${prefix}-${number}`;
    if (!csv) {
      const withId = jsonWithId(bytes, column, id);
      if (withId === "taken") throw taken(title, column);
      return withId && { payload: withId };
    }
    const { headerBytes, delimiter } = csv;
    const header = bytes.subarray(0, headerBytes);
    if (!checked || !header.equals(checked)) {
      if (cellsOf(header, delimiter).includes(column)) throw taken(title, column);
      checked = Buffer.from(header);
    }
    const own = Buffer.from(`${column}${delimiter}`);
    const cell = Buffer.from(`${id}${delimiter}`);
    return {
      payload: Buffer.concat([own, header, cell, bytes.subarray(headerBytes)]),
      csv: { headerBytes: own.length + headerBytes, delimiter },
    };
  };
}

/** Undefined for what is not a JSON object. All bytes stay, after the new member. */
function jsonWithId(bytes: Buffer, column: string, id: string): Buffer | "taken" | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return undefined; // Routers keep it with its reason.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (Object.hasOwn(value, column)) return "taken";
  const start = bytes.indexOf(OPEN_OBJECT) + 1;
  const comma = Object.keys(value).length > 0 ? "," : "";
  const member = Buffer.from(`${JSON.stringify(column)}:${JSON.stringify(id)}${comma}`);
  return Buffer.concat([bytes.subarray(0, start), member, bytes.subarray(start)]);
}

function cellsOf(header: Buffer, delimiter: string): string[] {
  try {
    return new CsvCells(header.toString(), delimiter, DEFAULT_LIMITS).next() ?? [];
  } catch (error) {
    if (error instanceof FormatError) return []; // Routers refuse the header with its reason.
    throw error;
  }
}

function taken(title: string, column: string): CommandError {
  return new CommandError(`${title}: its rows have a column "${column}"; choose another name with --row-id`);
}
