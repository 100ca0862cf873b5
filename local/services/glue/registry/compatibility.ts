/** Definitions of the registry's schemas: which ones it takes, and whether a new one is compatible with those before. */
import { type ProtobufSchema, ProtobufSchemaError, parseProtobufSchema } from "../../../../formats/protobuf/schema";
import { readProblems } from "./avroCompatibility";
import { jsonReadProblems } from "./jsonCompatibility";
import type { Schema } from "./jsonSchemaNode";
import { protobufReadProblems, unsupportedProtobuf } from "./protobufCompatibility";

export type DataFormat = "AVRO" | "JSON" | "PROTOBUF";

interface Definitions<D> {
  /** @throws Error saying what is wrong with the text, without quoting it */
  parse(text: string): D;
  /** Why data of the writer's cannot be read by the reader; none where all of it can. @throws UndecidedError */
  problems(reader: D, writer: D): string[];
}

/** JSON Schema drafts that Glue takes; without `$schema` any of them. https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html */
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
    throw new Error(`the draft ${String(draft)}; use draft-04, draft-06 or draft-07`);
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

/** What is wrong with a definition; undefined for one that the registry takes. */
export function definitionProblem(format: DataFormat, text: string): string | undefined {
  try {
    DEFINITIONS[format].parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Why a definition may not follow the earlier ones: `BACKWARD` reads data of the last one, `FORWARD` is read by it, `FULL` both,
 * `_ALL` with every earlier one. https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility
 *
 * @param compatibility other than DISABLED
 * @throws UndecidedError for what cannot be told
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
