/** The formats a router decodes, for rooms that configure a router and touch no bytes. */
import { enabledLoaders, type FormatsConfig, formatProblems } from "../formats/config";
import { FORMATS, type FormatLoaders } from "../formats/registry";

export { DEFAULT_FORMATS, type FormatsConfig } from "../formats/config";

/** The problems of a configuration, one sentence each; none for one that a router takes. */
export function checkFormats(config: FormatsConfig): string[] {
  return formatProblems(config, FORMATS);
}

/** What a router's package needs to load the formats of its configuration, and nothing else. */
export function formatLoaders(config: FormatsConfig): FormatLoaders {
  return enabledLoaders(config, FORMATS);
}
