/** Schemas by version id from Glue's Schema Registry. A package has this only where its router reads from one. */
import { LookupError, type SchemaDefinition, type SchemaLookup } from "../../formats/schemaIds/lookup";
import { type GlueCall, glueCalls } from "./glueCalls";
import { CallError } from "./signedCalls";

const FORMATS: Readonly<Record<string, SchemaDefinition["format"]>> = {
  AVRO: "avro",
  JSON: "json",
  PROTOBUF: "protobuf",
};
/** Glue's codes for an id that it does not know, and for what cannot be an id. */
const UNKNOWN_ID: ReadonlySet<string> = new Set(["EntityNotFoundException", "InvalidInputException"]);

/** The formats keep what they were answered, so each id is asked for once an instance. @param call defaults to Glue as the environment says */
export function glueSchemas(call: GlueCall = glueCalls()): SchemaLookup {
  return async ({ registry, id }) => {
    if (registry !== "glue") return undefined;
    try {
      return definitionOf(await call("GetSchemaVersion", { SchemaVersionId: id }));
    } catch (error) {
      if (error instanceof CallError && UNKNOWN_ID.has(error.name)) return undefined;
      // Throttled, denied, cut off: the record is not at fault, and is delivered again.
      throw new LookupError(`Glue could not be asked for the schema version ${id}`, { cause: error });
    }
  };
}

function definitionOf(answer: unknown): SchemaDefinition | undefined {
  const { DataFormat, SchemaDefinition } = answer as { DataFormat?: string; SchemaDefinition?: string };
  const format = FORMATS[DataFormat ?? ""];
  return format && SchemaDefinition !== undefined ? { format, text: SchemaDefinition } : undefined;
}
