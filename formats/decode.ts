/** Bytes to rows, with every format at hand; what is packed for Lambda uses `openDecoder` instead. */
import { DEFAULT_FORMATS, type FormatsConfig, formatProblems } from "./config";
import { openDecoder } from "./decoder";
import { FORMATS } from "./registry";
import type { Decode, DecodeAtOnce } from "./row";
import type { SchemaLookup } from "./schemaIds/lookup";

/** What is wrong with a configuration, one sentence a problem; none for one that `createDecoder` takes. */
export function checkFormats(config: FormatsConfig): string[] {
  return formatProblems(config, FORMATS);
}

/**
 * A decoder for a configuration. A payload is all or nothing: every row of it decodes, or the whole is refused.
 *
 * @param schemas where schemas come from that are named by id and not declared; decoding may then take time
 * @throws TypeError for a configuration that `checkFormats` finds problems in
 */
export function createDecoder(config?: FormatsConfig): DecodeAtOnce;
export function createDecoder(config: FormatsConfig, schemas: SchemaLookup): Decode;
export function createDecoder(config: FormatsConfig = DEFAULT_FORMATS, schemas?: SchemaLookup): Decode {
  return openDecoder(config, FORMATS, schemas);
}
