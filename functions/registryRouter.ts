/** The router of streams whose records name their schemas by the ids of Glue's Schema Registry. */
import type { FormatLoaders } from "../formats/registry";
import type { RouterHooks } from "../lake/hooks";
import { glueSchemas } from "./effects/glueSchemas";
import { createRouter, type RouterConfig, type RouterHandler } from "./router";

/** As `createRouter`, with effects from the environment; apart from it because Glue's client weighs more than all the rest. */
export function createRegistryRouter(config: RouterConfig, hooks: RouterHooks, formats: FormatLoaders): RouterHandler {
  return createRouter(config, hooks, formats, undefined, glueSchemas());
}
