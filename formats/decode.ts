/** Bytes to rows: unpacks, asks each enabled format in order, and lets the first that claims the payload decode it. */
import { checkFormats, DEFAULT_FORMATS, enabledFormats, type FormatsConfig } from "./config";
import { FormatError } from "./formatError";
import { gunzip, isGzip } from "./gzip";
import { beyond, DEFAULT_LIMITS, type Limits } from "./limits";
import { Payload } from "./payload";
import type { Decode } from "./row";

/**
 * A decoder for a configuration. A payload is all or nothing: every row of it decodes, or the whole is refused.
 *
 * @throws TypeError for a configuration that `checkFormats` finds problems in
 */
export function createDecoder(config: FormatsConfig = DEFAULT_FORMATS): Decode {
  const problems = checkFormats(config);
  if (problems.length > 0) throw new TypeError(`formats: ${problems.join("; ")}`);
  const limits: Limits = { ...DEFAULT_LIMITS, ...config.limits };
  const readers = enabledFormats(config).map(({ format, options }) => ({
    name: format.name,
    reader: format.open(options, limits),
  }));
  const names = readers.map(({ name }) => name).join(", ");

  return (bytes) => {
    const payload = new Payload(unpack(bytes, limits));
    for (const { name, reader } of readers) {
      if (!reader.detect(payload)) continue;
      const rows = reader.decode(payload);
      if (rows.length === 0) throw new FormatError(name, "no rows", "empty");
      return { format: name, rows };
    }
    throw unknown(payload, names);
  };
}

function unpack(bytes: Uint8Array, limits: Limits): Uint8Array {
  const unpacked = isGzip(bytes) ? gunzip(bytes, limits) : bytes;
  if (unpacked.length > limits.payloadBytes) {
    throw new FormatError("unknown", beyond("payloadBytes", limits.payloadBytes), "limits");
  }
  return unpacked;
}

function unknown(payload: Payload, names: string): FormatError {
  const { length } = payload.bytes;
  if (payload.isText && payload.text.trim() === "") {
    return new FormatError("unknown", length === 0 ? "0 bytes" : `${length} bytes of white space`, "empty");
  }
  const kind = payload.isText ? "bytes of text" : "bytes that are not UTF-8";
  return new FormatError("unknown", `${length} ${kind} match none of ${names}`);
}
