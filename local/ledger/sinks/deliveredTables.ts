/** Tells the tables that Firehose delivers to from those of routers: each delivery stream has tables of its own. */
import path from "node:path";
import { parseDeliveredKey } from "../../../lake/delivery/keys";
import { parseObjectKey } from "../../../lake/objectKey";
import { deliveredNames } from "../../../lake/tableName";
import { filesBelow } from "../../duckdb/files";

const PART = /([^/]+)\/dt=[^/]+\/hour=[^/]+\/[^/]+\.parquet$/;

/** Ends the names of tables whose Parquet Firehose writes. */
const CONVERTED_ENDING = deliveredNames("").files;

/** True for a table whose Parquet Firehose writes, and whose rows are not in `raw/`. */
export function isConverted(table: string): boolean {
  return table.endsWith(CONVERTED_ENDING);
}

/** The table of an object's key: of raw rows, of unformatted records, or of a Parquet file. */
export function tableOfKey(key: string): string | undefined {
  return (parseDeliveredKey(key) ?? parseObjectKey(key))?.table ?? PART.exec(key)?.[1];
}

export function keyOf(lakeDir: string, file: string): string {
  return path.relative(lakeDir, file).split(path.sep).join("/");
}

/** The table in the declared prefix of a delivery stream; undefined if a hook chooses tables. */
export function declaredTable(prefix: string): string | undefined {
  return /(?:^|\/)([a-z0-9_]+)\/dt=/.exec(prefix)?.[1];
}

/**
 * The delivery stream in the name of an object: `orders-eu-1-2026-11-22-10-05-00-<UUID>.ndjson.gz`. One stream's name may begin
 * another's. https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
function writerOf(name: string): string | undefined {
  return /^(.+)-\d+-\d{4}(?:-\d\d){5}-/.exec(name)?.[1];
}

/** @param deliveryStream the physical name; all delivery streams when absent */
export function deliveredTables(lakeDir: string, deliveryStream = ""): ReadonlySet<string> {
  const isOwn = (file: string) => deliveryStream === "" || writerOf(path.basename(file)) === deliveryStream;
  const lines = filesBelow(lakeDir, ".ndjson.gz").filter(isOwn);
  const delivered = lines.map((file) => parseDeliveredKey(keyOf(lakeDir, file))?.table);
  const parquet = filesBelow(lakeDir, ".parquet").filter(isOwn);
  const converted = parquet.map((file) => tableOfKey(keyOf(lakeDir, file))).filter((table) => isConverted(table ?? ""));
  return new Set([...delivered, ...converted].filter((table) => table !== undefined));
}
