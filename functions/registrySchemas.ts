/** Schemas by the ids in records, from Glue's Schema Registry; apart, so that packages without a registry hold nothing of Glue. */
export { glueSchemas as registrySchemas } from "./effects/glueSchemas";
