/** The lookup of a schema that a record names by an id: the request to a registry, and its answer. */

/** The id of a schema, from the frame of a record. */
export interface SchemaId {
  /** The kind of frame: AWS Glue Schema Registry, or Confluent's wire format. */
  readonly registry: "glue" | "confluent";
  /** The schema version's UUID in lower case (Glue), or a whole number in decimal (Confluent). */
  readonly id: string;
}

export interface SchemaDefinition {
  readonly format: "avro" | "json" | "protobuf";
  /** The registered definition: Avro as JSON, Protobuf as the text of its `.proto` file. */
  readonly text: string;
}

/**
 * Returns the definition, or undefined if there is none with that id. Each format calls it once for each id that exists;
 * decoding of the record waits for the answer.
 *
 * @throws LookupError if the registry cannot answer, so that the batch is tried again
 */
export type SchemaLookup = (id: SchemaId) => SchemaDefinition | undefined | Promise<SchemaDefinition | undefined>;

/** A registry that cannot be reached. The record is not at fault, so it must not land in `unformatted/`. */
export class LookupError extends Error {
  override readonly name = "LookupError";
}
