/** Reads the frames in which a record names its schema by the id that a schema registry assigned. */
import type { Budget } from "../budget";
import { unzlib } from "../compression/inflate";
import type { Limits } from "../limits";
import { KeyCache } from "../values/keyCache";
import { uuidText } from "../values/uuidText";
import type { SchemaId } from "./lookup";

/** The schema id and the data of a framed record. */
export interface Framed {
  readonly id: SchemaId;
  /** The start of the data, after the frame. */
  readonly start: number;
  /** True if the data is compressed with zlib, which only Glue's frame allows. */
  readonly isCompressed: boolean;
}

const GLUE_VERSION = 3;
const GLUE_PLAIN = 0;
const GLUE_ZLIB = 5;
const GLUE_BYTES = 18;
const CONFLUENT_MAGIC = 0;
const CONFLUENT_BYTES = 5;
const UUID_START = 2;
const UUID_BYTES = 16;

/** Caches the text of the ids that records repeat. */
const uuids = new KeyCache();

/**
 * Reads a frame. Glue: `03`, a compression byte (`00` none, `05` zlib), the schema version's UUID in 16 bytes. Confluent: `00`,
 * the schema's id in 4 bytes, big-endian. Undefined for bytes without a frame.
 */
export function readFrame(bytes: Buffer): Framed | undefined {
  if (bytes[0] === GLUE_VERSION && bytes.length >= GLUE_BYTES && (bytes[1] === GLUE_PLAIN || bytes[1] === GLUE_ZLIB)) {
    return { id: { registry: "glue", id: uuidAt(bytes) }, start: GLUE_BYTES, isCompressed: bytes[1] === GLUE_ZLIB };
  }
  if (bytes[0] === CONFLUENT_MAGIC && bytes.length >= CONFLUENT_BYTES) {
    const id = String(bytes.readUInt32BE(1));
    return { id: { registry: "confluent", id }, start: CONFLUENT_BYTES, isCompressed: false };
  }
  return undefined;
}

function uuidAt(bytes: Buffer): string {
  const slot = uuids.slot(bytes, UUID_START, UUID_BYTES);
  const kept = uuids.at(slot, bytes, UUID_START, UUID_BYTES);
  if (kept !== undefined) return kept;
  const text = uuidText(bytes, UUID_START);
  uuids.keep(slot, bytes, UUID_START, UUID_BYTES, text);
  return text;
}

/** The data in a frame, decompressed within bounds. @throws FormatError */
export function framedData(bytes: Buffer, { start, isCompressed }: Framed, limits: Limits, budget: Budget): Buffer {
  const data = bytes.subarray(start);
  return isCompressed ? budget.unpack(data, limits, unzlib) : data;
}

/** The problems of declared ids, one sentence each. @param path path of the option that contains them */
export function checkSchemaIds(ids: readonly string[], path: string): string[] {
  return ids
    .filter((id) => !isGlueId(id) && !isConfluentId(id))
    .map((id) => `${path} names "${id}"; use a UUID in lower case (Glue) or a whole number of 32 bits (Confluent)`);
}

function isGlueId(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}

function isConfluentId(id: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(id) && Number(id) < 2 ** 32;
}
