/** Tells the tables that Firehose delivers to from those of routers: each delivery stream has tables of its own. */
import path from "node:path";
import { parseDeliveredKey } from "../../../lake/delivery/keys";
import { parseObjectKey } from "../../../lake/objectKey";
import { deliveredViewOf } from "../../../lake/tableName";
import { filesBelow } from "../../duckdb/files";

const PART = /([^/]+)\/dt=[^/]+\/hour=[^/]+\/[^/]+\.parquet$/;

/** True for a table whose Parquet Firehose writes, and whose rows are not in `raw/`. */
export function isConverted(table: string): boolean {
  return deliveredViewOf(table) !== undefined;
}

/** The table of an object's key: of raw rows, of unformatted records, or of a Parquet file. */
export function tableOfKey(key: string): string | undefined {
  return (parseDeliveredKey(key) ?? parseObjectKey(key))?.table ?? PART.exec(key)?.[1];
}

export function keyOf(lakeDir: string, file: string): string {
  return path.relative(lakeDir, file).split(path.sep).join("/");
}

/** The folder of the table in an object's key: `team/raw/sales/`. */
export function folderOfKey(key: string): string | undefined {
  return /^(.*\/)dt=[^/]+\/hour=[^/]+\/[^/]+$/.exec(key)?.[1];
}

/**
 * The delivery stream in the name of an object: `orders-eu-1-2026-11-22-10-05-00-<UUID>.ndjson.gz`. One stream's name may begin
 * another's. https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
function writerOf(name: string): string | undefined {
  return /^(.+)-\d+-\d{4}(?:-\d\d){5}-/.exec(name)?.[1];
}

/**
 * @param directory of the tables
 * @param deliveryStream the physical name
 */
export function deliveredTables(directory: string, deliveryStream: string): ReadonlySet<string> {
  const own = deliveredKeys(directory).filter((key) => writerOf(path.posix.basename(key)) === deliveryStream);
  const tables = own.map((key) => folderOfKey(key)?.slice(0, -1) ?? "");
  // Another lake may lie below this one's prefix.
  return new Set(tables.filter((table) => table !== "" && !table.includes("/")));
}

/** The folders of the tables in a bucket that delivery streams write: `team/raw/sales/`. */
export function deliveredFolders(bucketDir: string): ReadonlySet<string> {
  return new Set(deliveredKeys(bucketDir).flatMap((key) => folderOfKey(key) ?? []));
}

function deliveredKeys(directory: string): string[] {
  const keysOf = (ending: string) => filesBelow(directory, ending).map((file) => keyOf(directory, file));
  const lines = keysOf(".ndjson.gz").filter((key) => parseDeliveredKey(key));
  return [...lines, ...keysOf(".parquet").filter((key) => isConverted(tableOfKey(key) ?? ""))];
}
