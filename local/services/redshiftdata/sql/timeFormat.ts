/** Translates Redshift's datetime formats to DuckDB's. https://docs.aws.amazon.com/redshift/latest/dg/r_FORMAT_strings.html */
import { notSimulated } from "./redshiftError";

/** Longer fields first. */
const FIELDS: readonly (readonly [field: string, duck: string])[] = [
  ["YYYY", "%Y"],
  ["HH24", "%H"],
  ["HH12", "%I"],
  ["DDD", "%j"],
  ["MM", "%m"],
  ["DD", "%d"],
  ["HH", "%I"],
  ["MI", "%M"],
  ["SS", "%S"],
  ["MS", "%g"],
  ["US", "%f"],
  ["AM", "%p"],
  ["PM", "%p"],
];

/** @throws RedshiftError for a format with another field */
export function strftimeFormat(format: string): string {
  let found = "";
  for (let at = 0; at < format.length; ) {
    const field = FIELDS.find(([name]) => format.slice(at).toUpperCase().startsWith(name));
    const character = format[at] as string;
    if (!field && /[A-Za-z"]/.test(character) && !(character === "T" && /\d|^$/.test(format[at + 1] ?? ""))) {
      throw notSimulated(`the datetime format "${format}"`, `use ${FIELDS.map(([name]) => name).join(", ")}`);
    }
    found += field ? field[1] : character === "%" ? "%%" : character;
    at += field ? field[0].length : 1;
  }
  return found;
}
