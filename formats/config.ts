/** The formats that a router reads, with their options: plain data, because it travels inside the Lambda package. */
import type { Format } from "./format";
import { checkLimits, type Limits } from "./limits";
import type { FormatLoaders, FormatOptions } from "./registry";

/** A format that is present is enabled; its options may be `{}`. */
export interface FormatsConfig extends FormatOptions {
  readonly limits?: Partial<Limits>;
}

/** The formats that are enabled by default; `binary` needs declared layouts. */
export const DEFAULT_FORMATS: FormatsConfig = { json: {}, ndjson: {}, csv: {} };

/** The problems of a configuration, one sentence each; none if `openDecoder` accepts it with these formats. */
export function formatProblems(config: FormatsConfig, formats: FormatLoaders): string[] {
  const names: readonly string[] = Object.keys(formats);
  const problems: string[] = [];
  for (const [name, options] of Object.entries(config)) {
    if (name === "limits" && isPlain(options)) problems.push(...checkLimits(options as Partial<Limits>));
    else if (options !== undefined && !isPlain(options))
      problems.push(`${name} is ${describe(options)}; use an object of options`);
    else if (name !== "limits" && !names.includes(name))
      problems.push(`"${name}" is not a format; use ${names.join(", ")}`);
  }
  const enabled = enabledFormats(config, formats);
  if (enabled.length === 0) problems.push(`no format is enabled; use at least one of ${names.join(", ")}`);
  for (const { format, options } of enabled) if (isPlain(options)) problems.push(...format.check(options));
  return problems;
}

/** The enabled formats in the order of the registry, with their options. No other format is loaded. */
export function enabledFormats(
  config: FormatsConfig,
  formats: FormatLoaders,
): { format: Format<string, unknown>; options: unknown }[] {
  return Object.entries(enabledLoaders(config, formats)).map(([name, load]) => ({
    format: load() as Format<string, unknown>,
    options: config[name as keyof FormatLoaders],
  }));
}

/** The loaders of the enabled formats, in the order of the registry. */
export function enabledLoaders(config: FormatsConfig, formats: FormatLoaders): FormatLoaders {
  return Object.fromEntries(
    Object.entries(formats).filter(([name]) => config[name as keyof FormatLoaders] !== undefined),
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : Array.isArray(value) ? "a list" : String(value);
}
