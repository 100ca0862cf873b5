/** Avro: object container files, single-object encoding, and the frames of the Glue and Confluent registries. */

import { Budget } from "../budget";
import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow, Row } from "../row";
import type { SchemaLookup } from "../schemaIds/lookup";
import { type Framed, framedData, readFrame } from "../schemaIds/registryFrame";
import { SchemaCache } from "../schemaIds/schemaCache";
import { AvroBytes } from "./bytes";
import { AVRO_MAGIC, readContainer } from "./container";
import { encodeContainer } from "./containerWrite";
import { avroFingerprint } from "./fingerprint";
import { type AvroOptions, checkAvroOptions } from "./options";
import { avroReader, type ReadAvro } from "./read";
import { AvroSchemaError, parseAvroSchema } from "./schema";

const SINGLE_OBJECT = "c301";
const SINGLE_OBJECT_BYTES = 10;
/** Container file schemas whose readers are kept; a stream of files usually has one schema. */
const KEPT_SCHEMAS = 100;

/**
 * Claims payloads that begin with `Obj` and 1 (a container file: as many rows as it holds), with `C3 01` and the
 * fingerprint of a declared schema, or with a registry's frame and an id that is declared or may be looked up (one row
 * each). `avroReader` documents the conversion of values.
 */
export const avro: Format<"avro", AvroOptions> = {
  name: "avro",
  check: checkAvroOptions,
  open: (options, limits, schemas): FormatReader => new AvroFormatReader(options, limits, schemas),
  encode: (rows, options) => encodeContainer(rows, options.schemas?.[0]),
};

/** The reader of a declared schema, and its fingerprint in two halves. */
interface Fingerprinted {
  readonly low: number;
  readonly high: number;
  readonly read: ReadAvro;
}

class AvroFormatReader implements FormatReader {
  private readonly byFingerprint: readonly Fingerprinted[];
  private readonly byId: SchemaCache<ReadAvro>;
  private readonly ofFiles = new Map<string, ReadAvro>();
  /** The frame of the latest payload, kept by `detect` so that `decode` does not read it again. */
  private latest: { readonly bytes: Buffer; readonly frame: Framed | undefined } | undefined;

  constructor(
    options: AvroOptions,
    private readonly limits: Limits,
    lookup: SchemaLookup | undefined,
  ) {
    this.byFingerprint = (options.schemas ?? []).map((schema) => {
      const node = parseAvroSchema(schema);
      const header = Buffer.from(SINGLE_OBJECT + avroFingerprint(node), "hex");
      return { low: int32At(header, 2), high: int32At(header, 6), read: avroReader(node) };
    });
    const registered = Object.entries(options.registered ?? {}).map(
      ([id, schema]) => [id, avroReader(parseAvroSchema(schema))] as const,
    );
    this.byId = new SchemaCache("avro", new Map(registered), (text) => avroReader(parseAvroSchema(text)), lookup);
  }

  detect({ bytes }: { bytes: Buffer }): boolean {
    switch (bytes[0]) {
      case AVRO_MAGIC[0]:
        return AVRO_MAGIC.equals(bytes.subarray(0, AVRO_MAGIC.length));
      case 0xc3:
        return this.singleObject(bytes) !== undefined;
      case 0x00:
      case 0x03: {
        const frame = readFrame(bytes);
        this.latest = { bytes, frame };
        return frame !== undefined && this.byId.mayKnow(frame.id);
      }
      default:
        return false;
    }
  }

  decode(payload: Payload): DecodedRow[] | undefined | Promise<DecodedRow[] | undefined> {
    const { bytes } = payload;
    const budget = new Budget("avro", this.limits, payload);
    if (bytes[0] === AVRO_MAGIC[0]) return this.decodeFile(bytes, budget);
    if (bytes[0] === 0xc3) {
      return [decodeOne(bytes, SINGLE_OBJECT_BYTES, (this.singleObject(bytes) as Fingerprinted).read, budget)];
    }
    const frame = (this.latest?.bytes === bytes ? this.latest.frame : readFrame(bytes)) as Framed;
    this.latest = undefined;
    const decode = (read: ReadAvro | undefined) => {
      if (!read) return undefined;
      if (!frame.isCompressed) return [decodeOne(bytes, frame.start, read, budget)];
      return [decodeOne(framedData(bytes, frame, this.limits, budget), 0, read, budget)];
    };
    const read = this.byId.schemaOf(frame.id);
    return read instanceof Promise ? read.then(decode) : decode(read);
  }

  /** The declared schema whose fingerprint the bytes carry (single-object encoding). */
  private singleObject(bytes: Buffer): Fingerprinted | undefined {
    if (bytes.length < SINGLE_OBJECT_BYTES || bytes[1] !== 0x01) return undefined;
    const low = int32At(bytes, 2);
    const high = int32At(bytes, 6);
    for (const schema of this.byFingerprint) if (schema.low === low && schema.high === high) return schema;
    return undefined;
  }

  private decodeFile(bytes: Buffer, budget: Budget): DecodedRow[] {
    const { schema, blocks } = readContainer(bytes, budget, this.limits);
    const read = this.readerOfFile(schema);
    const rows: DecodedRow[] = [];
    for (const block of blocks) {
      for (let index = 0; index < block.rows; index++) {
        budget.row();
        rows.push(readRow(block.data, read));
      }
    }
    return rows;
  }

  private readerOfFile(schema: string): ReadAvro {
    const kept = this.ofFiles.get(schema);
    if (kept) return kept;
    const read = compileFileSchema(schema);
    if (this.ofFiles.size >= KEPT_SCHEMAS) this.ofFiles.delete(this.ofFiles.keys().next().value as string);
    this.ofFiles.set(schema, read);
    return read;
  }
}

/** Four bytes as one number; the caller checks that they exist. */
function int32At(bytes: Buffer, at: number): number {
  const [first, second, third] = [bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number];
  return (first << 24) | (second << 16) | (third << 8) | (bytes[at + 3] as number);
}

function decodeOne(data: Buffer, start: number, read: ReadAvro, budget: Budget): DecodedRow {
  const bytes = new AvroBytes(data, data.length, budget);
  bytes.at = start;
  const row = readRow(bytes, read);
  if (bytes.at !== bytes.end) throw bytes.refuse(`${bytes.end - bytes.at} bytes follow the row`);
  return row;
}

function readRow(bytes: AvroBytes, read: ReadAvro): DecodedRow {
  const value = read(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw bytes.refuse("a value without names is not a row");
  }
  return { row: value as Row };
}

function compileFileSchema(schema: string): ReadAvro {
  try {
    return avroReader(parseAvroSchema(schema));
  } catch (cause) {
    if (!(cause instanceof AvroSchemaError)) throw cause;
    // The error's message may quote names from the file, which are payload, so it is only kept as the cause.
    throw new FormatError("avro", `the file's schema of ${schema.length} characters is not valid`, "format", { cause });
  }
}
