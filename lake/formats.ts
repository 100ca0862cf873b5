/** The formats that a router decodes, for code that configures a router but does not decode. */
import { enabledLoaders, type FormatsConfig, formatProblems } from "../formats/config";
import { FORMATS, type FormatLoaders } from "../formats/registry";

export { DEFAULT_FORMATS, type FormatsConfig } from "../formats/config";

/** The problems of a configuration, one sentence each; empty if a router accepts it. */
export function checkFormats(config: FormatsConfig): string[] {
  return formatProblems(config, FORMATS);
}

/** Loaders of the configured formats only, so that a router's package contains no others. */
export function formatLoaders(config: FormatsConfig): FormatLoaders {
  return enabledLoaders(config, FORMATS);
}

/** The names of the formats that are enabled. */
export function enabledFormats(config: FormatsConfig): string[] {
  const enabled = Object.entries(config).filter(([format, options]) => options !== undefined && format !== "limits");
  return enabled.map(([format]) => format);
}
