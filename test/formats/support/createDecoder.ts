/** A decoder with every format at hand; packages for Lambda load only the formats that their router enables. */
import { DEFAULT_FORMATS, type FormatsConfig } from "../../../formats/config";
import { openDecoder } from "../../../formats/decoder";
import { FORMATS } from "../../../formats/registry";
import type { Decode, DecodeAtOnce } from "../../../formats/row";
import type { SchemaLookup } from "../../../formats/schemaIds/lookup";

/** @param schemas resolves ids of schemas that the configuration does not declare; decoding may then return a promise */
export function createDecoder(config?: FormatsConfig): DecodeAtOnce;
export function createDecoder(config: FormatsConfig, schemas: SchemaLookup): Decode;
export function createDecoder(config: FormatsConfig = DEFAULT_FORMATS, schemas?: SchemaLookup): Decode {
  return openDecoder(config, FORMATS, schemas);
}
