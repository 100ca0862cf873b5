/** Partition projection: decides by the rules in a table's parameters which objects are in its partitions. */
import type { GlueTable } from "../../catalog/catalog";
import { parseLocation } from "../../catalog/location";
import { AthenaError } from "./athenaError";

interface ProjectedTable {
  readonly bucket: string;
  /** The common prefix of all keys of the table. */
  readonly prefix: string;
  /** An object's partition values, in the order of the partition columns; undefined if it is in no partition. */
  valuesOf(key: string): string[] | undefined;
}

export function isProjected(table: GlueTable): boolean {
  return table.Parameters["projection.enabled"]?.toLowerCase() === "true";
}

/** @param nowMillis the time that `NOW` in a range stands for */
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

/** The rules are in https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html */
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
