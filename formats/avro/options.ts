/** The options of Avro: schemas for records that do not carry their own. */

import { checkSchemaIds } from "../schemaIds/registryFrame";
import { type AvroSchema, AvroSchemaError, parseAvroSchema } from "./schema";

/** Container files carry their schema and need no options. */
export interface AvroOptions {
  /**
   * Schemas of single-object encoding, which are found by their fingerprints; the first also encodes rows. Each is
   * plain data or its JSON text. @default none
   * @example schemas: [{ type: "record", name: "Reading", fields: [{ name: "celsius", type: "double" }] }]
   */
  readonly schemas?: readonly AvroSchema[];
  /**
   * Schemas by their id in a registry: the UUID of a Glue schema version, or Confluent's number. @default none:
   * ids are looked up if the router has a registry
   * @example registered: { "17": readingSchema, "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63": orderSchema }
   */
  readonly registered?: Readonly<Record<string, AvroSchema>>;
}

/** The problems of the options, one sentence each. */
export function checkAvroOptions(options: AvroOptions): string[] {
  const { schemas = [], registered = {}, ...others } = options;
  const problems = Object.keys(others).map((name) => `avro.${name} is not an option; use schemas or registered`);
  if (!Array.isArray(schemas)) return [...problems, "avro.schemas must be a list of schemas"];
  if (typeof registered !== "object" || registered === null || Array.isArray(registered)) {
    return [...problems, "avro.registered must be an object of schemas by id"];
  }
  return [
    ...problems,
    ...schemas.flatMap((schema, index) => schemaProblem(schema, `avro.schemas, schema ${index + 1}`)),
    ...checkSchemaIds(Object.keys(registered), "avro.registered"),
    ...Object.entries(registered).flatMap(([id, schema]) => schemaProblem(schema, `avro.registered, "${id}"`)),
  ];
}

function schemaProblem(schema: AvroSchema, who: string): string[] {
  try {
    const { kind } = parseAvroSchema(schema);
    if (kind === "record" || kind === "map" || kind === "union") return [];
    return [`${who}: a row has named values; use a record, not ${kind}`];
  } catch (error) {
    if (!(error instanceof AvroSchemaError)) throw error;
    return [`${who}: ${error.message}`];
  }
}
