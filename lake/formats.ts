/** The formats a router decodes, for rooms that configure a router and touch no bytes. */
import { enabledLoaders, type FormatsConfig } from "../formats/config";
import { FORMATS, type FormatLoaders } from "../formats/registry";

export { DEFAULT_FORMATS, type FormatsConfig } from "../formats/config";
export { checkFormats } from "../formats/decode";

/** What a router's package needs to load the formats of its configuration, and nothing else. */
export function formatLoaders(config: FormatsConfig): FormatLoaders {
  return enabledLoaders(config, FORMATS);
}
