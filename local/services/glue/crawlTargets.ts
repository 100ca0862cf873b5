/** Groups the objects below a crawler's target by table and partition. */
import { type Location, parseFolder } from "../../catalog/location";
import type { ListedObject } from "../../catalog/objects";

export interface CrawlTarget {
  /** `s3://bucket/prefix/` */
  readonly path: string;
  /** Glob patterns, relative to the path. */
  readonly exclusions: readonly string[];
}

export interface CrawledTable {
  readonly name: string;
  readonly location: Location;
  /** Names of the partition folders, `dt`, `hour`. */
  readonly partitionKeys: readonly string[];
  readonly partitions: readonly CrawledPartition[];
}

interface CrawledPartition {
  readonly values: readonly string[];
  /** Ends with `/`. */
  readonly prefix: string;
  readonly keys: readonly string[];
}

/**
 * Groups a target's objects.
 *
 * @param tableLevel the level of the folder that names the table; the bucket is level 1. Default: the target's own folder
 * @throws Error if a folder is not `name=value`, or if a table's partition folders have different names
 */
export function groupTarget(
  target: CrawlTarget,
  objects: readonly ListedObject[],
  tableLevel: number | undefined,
): CrawledTable[] {
  const { bucket, prefix } = parseFolder(target.path);
  const excluded = target.exclusions.map(globPattern);
  const level = tableLevel ?? prefix.split("/").length;
  const tables = new Map<string, Map<string, string[]>>();
  for (const { key } of objects) {
    const name = key.slice(key.lastIndexOf("/") + 1);
    if (name === "" || name.startsWith("_") || name.startsWith(".") || name.endsWith("$folder$")) continue;
    if (excluded.some((pattern) => pattern.test(key.slice(prefix.length)))) continue;
    const folders = key.split("/").slice(0, -1);
    const root = `${folders.slice(0, level - 1).join("/")}/`;
    const partitions = tables.get(root) ?? new Map<string, string[]>();
    tables.set(root, partitions);
    const folder = `${folders.join("/")}/`;
    partitions.set(folder, [...(partitions.get(folder) ?? []), key]);
  }
  return [...tables].map(([root, partitions]) => crawledTable(bucket, root, partitions));
}

function crawledTable(bucket: string, root: string, folders: ReadonlyMap<string, readonly string[]>): CrawledTable {
  const partitions = [...folders].map(([prefix, keys]) => ({ prefix, keys, steps: stepsOf(prefix, root) }));
  const partitionKeys = partitions[0]?.steps.map((step) => step.name) ?? [];
  for (const { prefix, steps } of partitions) {
    if (steps.map((step) => step.name).join("/") !== partitionKeys.join("/")) {
      throw new Error(
        `the folder "${prefix}" is not partitioned by ${partitionKeys.join(", ") || "nothing"} like the rest of its table`,
      );
    }
  }
  return {
    name: (root.split("/").at(-2) ?? bucket).toLowerCase().replace(/[^a-z0-9_]/g, "_"),
    location: { bucket, prefix: root },
    partitionKeys,
    partitions: partitions.map(({ prefix, keys, steps }) => ({
      prefix,
      keys,
      values: steps.map((step) => step.value),
    })),
  };
}

function stepsOf(prefix: string, root: string): { name: string; value: string }[] {
  const folders = prefix.slice(root.length).split("/").slice(0, -1);
  return folders.map((folder) => {
    const equals = folder.indexOf("=");
    if (equals < 1)
      throw new Error(`the folder "${prefix}" is not name=value; other partition folders are not simulated`);
    return { name: folder.slice(0, equals).toLowerCase(), value: folder.slice(equals + 1) };
  });
}

/** Globs of https://docs.aws.amazon.com/glue/latest/dg/define-crawler-choose-data-sources.html: `*` within a folder, `**` across. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*|[*?.+^${}()|[\]\\]/g, (sign) => {
    if (sign === "**") return ".*";
    if (sign === "*") return "[^/]*";
    return sign === "?" ? "[^/]" : `\\${sign}`;
  });
  return new RegExp(`^${source}$`);
}
