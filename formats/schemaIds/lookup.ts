/** Where the schema comes from that a record names by an id: what a registry is asked, and what it answers. */

/** The id of a schema, as the frame of a record carries it. */
export interface SchemaId {
  /** Whose framing it is: AWS Glue Schema Registry, or Confluent's wire format. */
  readonly registry: "glue" | "confluent";
  /** The schema version's UUID in lower case (Glue), or a whole number in decimal (Confluent). */
  readonly id: string;
}

export interface SchemaDefinition {
  readonly format: "avro" | "json" | "protobuf";
  /** The definition as it was registered: Avro as JSON, Protobuf as the text of its `.proto` file. */
  readonly text: string;
}

/**
 * Answers with the definition, or undefined where there is none of that id. It is asked once for each id that it knows, by each
 * format; answers that take time make the decoding of that record wait.
 *
 * @throws LookupError where it cannot be told, so that the batch is tried again
 */
export type SchemaLookup = (id: SchemaId) => SchemaDefinition | undefined | Promise<SchemaDefinition | undefined>;

/** A registry that could not be asked. The record is not at fault: it must not become unformatted. */
export class LookupError extends Error {
  override readonly name = "LookupError";
}
