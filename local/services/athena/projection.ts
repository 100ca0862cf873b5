/** Partition projection: which objects of a table are in its partitions, by the rules in the table's parameters. */
import type { GlueTable } from "../../catalog/catalog";
import { parseLocation } from "../../catalog/location";
import { AthenaError } from "./athenaError";

export interface ProjectedTable {
  readonly bucket: string;
  /** What all keys of the table start with. */
  readonly prefix: string;
  /** The partition's values of an object, in the order of the partition columns; undefined where it is in none. */
  valuesOf(key: string): string[] | undefined;
}

export function isProjected(table: GlueTable): boolean {
  return table.Parameters["projection.enabled"]?.toLowerCase() === "true";
}

/** @param nowMillis what `NOW` in a range is */
export function projectedTable(table: GlueTable, nowMillis: number): ProjectedTable {
  const columns = table.PartitionKeys.map((key) => key.Name);
  const template =
    table.Parameters["storage.location.template"] ??
    `${table.StorageDescriptor.Location.replace(/\/?$/, "/")}${columns.map((name) => `${name}=\${${name}}`).join("/")}/`;
  const { bucket, prefix } = parseLocation(template);
  const order = [...prefix.matchAll(/\$\{([^}]+)\}/g)].map((found) => (found[1] as string).toLowerCase());
  const pattern = new RegExp(
    `^${prefix
      .replace(/\/?$/, "/")
      .split(/\$\{[^}]+\}/)
      .map(escapeRegExp)
      .join("([^/]+)")}[^/]+$`,
  );
  const tests = columns.map((name) => valueTest(table, name, nowMillis));
  return {
    bucket,
    prefix: prefix.split("${")[0] as string,
    valuesOf(key) {
      const found = pattern.exec(key);
      if (!found) return undefined;
      const values = columns.map((name) => found[order.indexOf(name) + 1] as string);
      return values.every((value, index) => tests[index]?.(value)) ? values : undefined;
    },
  };
}

/** Rules of https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html */
function valueTest(table: GlueTable, column: string, nowMillis: number): (value: string) => boolean {
  const setting = (name: string) => table.Parameters[`projection.${column}.${name}`];
  const type = setting("type");
  if (type === "enum") {
    const values = new Set(setting("values")?.split(","));
    return (value) => values.has(value);
  }
  if (type === "integer") {
    const [least, most] = (setting("range") ?? "").split(",").map(Number) as [number, number];
    const digits = Number(setting("digits") ?? 0);
    return (value) =>
      /^-?\d+$/.test(value) &&
      Number(value) >= least &&
      Number(value) <= most &&
      (digits === 0 || value.length === digits);
  }
  if (type === "date" && setting("format") === "yyyy-MM-dd" && (setting("interval.unit") ?? "DAYS") === "DAYS") {
    const [first, last] = (setting("range") ?? "").split(",") as [string, string];
    const until = last === "NOW" ? new Date(nowMillis).toISOString().slice(0, 10) : last;
    return (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && value >= first && value <= until;
  }
  throw new AthenaError(
    "NOT_SUPPORTED",
    `local/athena: the projection of "${column}" in table "${table.Name}" (type "${type}") is not simulated; see docs/fidelity.md`,
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
