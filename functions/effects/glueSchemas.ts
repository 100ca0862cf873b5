/** Schemas by version id from Glue's Schema Registry. A package has this only where its router reads from one. */
import {
  EntityNotFoundException,
  GetSchemaVersionCommand,
  GlueClient,
  InvalidInputException,
} from "@aws-sdk/client-glue";
import { LookupError, type SchemaDefinition, type SchemaLookup } from "../../formats/lookup";

const ATTEMPTS = 4;
const CONNECTION_TIMEOUT_MILLIS = 3_000;
const REQUEST_TIMEOUT_MILLIS = 10_000;
const FORMATS: Readonly<Record<string, SchemaDefinition["format"]>> = {
  AVRO: "avro",
  JSON: "json",
  PROTOBUF: "protobuf",
};

/** The formats keep what they were answered, so each id is asked for once an instance. @param client defaults to one made from the environment */
export function glueSchemas(client: GlueClient = environmentClient()): SchemaLookup {
  return async ({ registry, id }) => {
    if (registry !== "glue") return undefined;
    try {
      const answer = await client.send(new GetSchemaVersionCommand({ SchemaVersionId: id }));
      const format = FORMATS[answer.DataFormat ?? ""];
      if (!format || answer.SchemaDefinition === undefined) return undefined;
      return { format, text: answer.SchemaDefinition };
    } catch (error) {
      if (error instanceof EntityNotFoundException || error instanceof InvalidInputException) return undefined;
      // Throttled, denied, cut off: the record is not at fault, and is delivered again.
      throw new LookupError(`Glue could not be asked for the schema version ${id}`, { cause: error });
    }
  };
}

function environmentClient(): GlueClient {
  return new GlueClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MILLIS,
      requestTimeout: REQUEST_TIMEOUT_MILLIS,
      throwOnRequestTimeout: true,
    },
  });
}
