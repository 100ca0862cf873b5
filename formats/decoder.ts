/** Decodes bytes to rows: unpacks them, and lets the first enabled format that claims the payload decode it. */

import { countUnpacked } from "./compression/countUnpacked";
import { uncompress } from "./compression/uncompress";
import { enabledFormats, type FormatsConfig, formatProblems } from "./config";
import type { FormatReader, FormatRows } from "./format";
import { FormatError } from "./formatError";
import { beyond, DEFAULT_LIMITS, type Limits } from "./limits";
import { Payload } from "./payload";
import type { FormatLoaders } from "./registry";
import type { Decode, DecodedRecord, Unpacked } from "./row";
import type { SchemaLookup } from "./schemaIds/lookup";

interface OpenFormat {
  readonly name: string;
  readonly reader: FormatReader;
}

/**
 * A decoder of the formats that a configuration enables; no other format is loaded.
 *
 * @param formats the formats' loaders, in the order of the registry
 * @param schemas looks up schemas that a record names by an id which is not declared
 * @throws TypeError if `formatProblems` finds problems in the configuration
 */
export function openDecoder(config: FormatsConfig, formats: FormatLoaders, schemas?: SchemaLookup): Decode {
  const problems = formatProblems(config, formats);
  if (problems.length > 0) throw new TypeError(`formats: ${problems.join("; ")}`);
  const limits: Limits = { ...DEFAULT_LIMITS, ...config.limits };
  const readers = enabledFormats(config, formats).map(({ format, options }) => ({
    name: format.name,
    reader: format.open(options, limits, schemas),
  }));
  return (bytes, unpacked = { bytes: 0, values: 0 }) =>
    decodeFrom(readers, 0, new Payload(unpack(bytes, limits, unpacked), bytes.length, unpacked));
}

/** Decodes with the first format, from index `from` on, that claims the payload and does not withdraw when it decodes. */
function decodeFrom(
  readers: readonly OpenFormat[],
  from: number,
  payload: Payload,
): DecodedRecord | Promise<DecodedRecord> {
  for (let index = from; index < readers.length; index++) {
    const { name, reader } = readers[index] as OpenFormat;
    if (!reader.detect(payload)) continue;
    const rows = reader.decode(payload);
    if (rows instanceof Promise) {
      return rows.then((late) => (late ? decoded(name, late) : decodeFrom(readers, index + 1, payload)));
    }
    if (rows) return decoded(name, rows);
  }
  throw unknown(payload, readers.map(({ name }) => name).join(", "));
}

function decoded(format: string, found: FormatRows): DecodedRecord {
  const record = Array.isArray(found) ? { format, rows: found } : { format, ...found };
  if (record.rows.length === 0) throw new FormatError(format, "no rows", "empty");
  return record;
}

function unpack(bytes: Uint8Array, limits: Limits, unpacked: Unpacked): Uint8Array {
  const content = countUnpacked(unpacked, bytes, limits, uncompress);
  if (content.length > limits.payloadBytes) {
    throw new FormatError("unknown", beyond("payloadBytes", limits.payloadBytes), "too-large");
  }
  return content;
}

function unknown(payload: Payload, names: string): FormatError {
  const { length } = payload.bytes;
  if (payload.isText && payload.text.trim() === "") {
    return new FormatError("unknown", length === 0 ? "0 bytes" : `${length} bytes of white space`, "empty");
  }
  const kind = payload.isText ? "bytes of text" : "bytes that are not UTF-8";
  return new FormatError("unknown", `${length} ${kind} match none of ${names}`);
}
