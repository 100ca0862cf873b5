/** Schemas that records name by the ids of Glue's Schema Registry, in packages of those components that are given a registry. */
import type { SchemaRegistry } from "./schemaRegistry";

/** To be captured by a handler's factory; undefined without a registry, and then the package holds nothing of Glue. */
export function schemaLookup(registry: SchemaRegistry | undefined) {
  if (!registry) return undefined;
  return () => {
    const { registrySchemas } =
      require("../functions/registrySchemas") as typeof import("../functions/registrySchemas");
    return registrySchemas();
  };
}
