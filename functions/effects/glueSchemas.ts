/** Looks up schemas by version id in Glue's Schema Registry. Included only in packages of functions with a registry. */
import { LookupError, type SchemaDefinition, type SchemaLookup } from "../../formats/schemaIds/lookup";
import { type JsonCall, jsonCalls } from "./jsonCalls";
import { CallError } from "./signedCalls";

const FORMATS: Readonly<Record<string, SchemaDefinition["format"]>> = {
  AVRO: "avro",
  JSON: "json",
  PROTOBUF: "protobuf",
};
/** Glue's error codes for an unknown id and for a malformed id. */
const UNKNOWN_ID: ReadonlySet<string> = new Set(["EntityNotFoundException", "InvalidInputException"]);

/**
 * The formats cache schemas, so each instance looks up an id once.
 *
 * @param call defaults to Glue, from the environment
 */
export function glueSchemas(call: JsonCall = jsonCalls("glue")): SchemaLookup {
  return async ({ registry, id }) => {
    if (registry !== "glue") return undefined;
    try {
      return definitionOf(await call("GetSchemaVersion", { SchemaVersionId: id }));
    } catch (error) {
      if (error instanceof CallError && UNKNOWN_ID.has(error.name)) return undefined;
      // Throttled, denied or disconnected: the record is not at fault, and is redelivered.
      throw new LookupError(`Glue could not be asked for the schema version ${id}`, { cause: error });
    }
  };
}

function definitionOf(answer: unknown): SchemaDefinition | undefined {
  const { DataFormat, SchemaDefinition } = answer as { DataFormat?: string; SchemaDefinition?: string };
  const format = FORMATS[DataFormat ?? ""];
  return format && SchemaDefinition !== undefined ? { format, text: SchemaDefinition } : undefined;
}
