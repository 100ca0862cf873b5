/** Validates schema definitions and checks that a new one is compatible with earlier ones. */
import { type ProtobufSchema, ProtobufSchemaError, parseProtobufSchema } from "../../../../formats/protobuf/schema";
import { readProblems } from "./avroCompatibility";
import { jsonReadProblems } from "./jsonCompatibility";
import type { Schema } from "./jsonSchemaNode";
import { protobufReadProblems, unsupportedProtobuf } from "./protobufCompatibility";

export type DataFormat = "AVRO" | "JSON" | "PROTOBUF";

interface Definitions<D> {
  /** @throws Error that names the problem without quoting the definition */
  parse(text: string): D;
  /** Lists the reasons why the reader cannot read the writer's data; empty if it can. @throws UndecidedError */
  problems(reader: D, writer: D): string[];
}

/** JSON Schema drafts that Glue accepts; without `$schema` it accepts any. https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html */
const DRAFT = /^https?:\/\/json-schema\.org\/draft-0[467]\/schema#?$/;

const AVRO: Definitions<never> = {
  parse: (text) => parseJson(text) as never,
  problems: readProblems,
};

const JSON_SCHEMA: Definitions<Schema> = {
  parse(text) {
    const schema = parseJson(text) as Schema;
    const draft = typeof schema === "object" ? (schema?.$schema ?? undefined) : undefined;
    if (draft === undefined || DRAFT.test(String(draft))) return schema;
    throw new Error(`the draft ${String(draft)} is not supported; use draft-04, draft-06 or draft-07`);
  },
  problems: jsonReadProblems,
};

const PROTOBUF: Definitions<ProtobufSchema> = {
  parse(text) {
    try {
      const schema = parseProtobufSchema(text);
      const unsupported = unsupportedProtobuf(schema);
      if (unsupported === undefined) return schema;
      throw new Error(unsupported);
    } catch (error) {
      throw error instanceof ProtobufSchemaError ? new Error(error.message, { cause: error }) : error;
    }
  },
  problems: protobufReadProblems,
};

const DEFINITIONS: Readonly<Record<DataFormat, Definitions<unknown>>> = { AVRO, JSON: JSON_SCHEMA, PROTOBUF };

/** The problem of a definition; undefined if the registry accepts it. */
export function definitionProblem(format: DataFormat, text: string): string | undefined {
  try {
    DEFINITIONS[format].parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Lists the reasons why a definition is not compatible with the earlier ones. `BACKWARD`: it can read data of the latest one.
 * `FORWARD`: the latest one can read its data. `FULL`: both. `_ALL`: the same for every earlier one. https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility
 *
 * @param compatibility other than DISABLED
 * @throws UndecidedError if the check cannot decide
 */
export function compatibilityProblems(
  format: DataFormat,
  compatibility: string,
  earlier: readonly string[],
  definition: string,
): string[] {
  if (compatibility === "NONE") return [];
  const { parse, problems } = DEFINITIONS[format];
  const [mode, all] = compatibility.split("_");
  const next = parse(definition);
  return (all === undefined ? earlier.slice(-1) : earlier)
    .map(parse)
    .flatMap((before) => [
      ...(mode === "FORWARD" ? [] : problems(next, before)),
      ...(mode === "BACKWARD" ? [] : problems(before, next)),
    ]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse throws SyntaxError only, whose message would quote the definition.
    throw new Error(`${text.length} characters that are not JSON`);
  }
}
