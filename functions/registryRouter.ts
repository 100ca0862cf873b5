/** The router of streams whose records name their schemas by the ids of Glue's Schema Registry. */
import type { FormatLoaders } from "../formats/registry";
import type { RouterHooks } from "../lake/hooks";
import { glueSchemas } from "./effects/glueSchemas";
import { createRouter, type RouterConfig, type RouterHandler } from "./router";

/** As `createRouter`, with effects from the environment; apart from it so that other packages hold nothing of Glue. */
export function createRegistryRouter(config: RouterConfig, hooks: RouterHooks, formats: FormatLoaders): RouterHandler {
  return createRouter(config, hooks, formats, undefined, glueSchemas());
}
