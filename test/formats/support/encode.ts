/** Encodes rows in a format of the registry, with options checked as a router checks them. */
import { enabledFormats, type FormatsConfig, formatProblems } from "../../../formats/config";
import { FORMATS, type FormatName, type FormatOptions } from "../../../formats/registry";
import type { Row } from "../../../formats/row";

/**
 * One payload that holds the rows.
 *
 * @param options the format's own, as in `FormatsConfig`; binary needs its layouts
 * @throws TypeError for options that are wrong, and for rows that the format cannot hold
 */
export function encode<Name extends FormatName>(
  name: Name,
  rows: readonly Row[],
  options: FormatOptions[Name] = {} as FormatOptions[Name],
): Uint8Array {
  const config: FormatsConfig = { [name]: options };
  const problems = formatProblems(config, FORMATS);
  if (problems.length > 0) throw new TypeError(`formats: ${problems.join("; ")}`);
  const [enabled] = enabledFormats(config, FORMATS);
  return (enabled as NonNullable<typeof enabled>).format.encode(rows, options);
}
