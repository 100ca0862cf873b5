/** Tells the tables that Firehose delivers to from those of routers: each delivery stream has tables of its own. */
import path from "node:path";
import { parseDeliveredKey } from "../../../lake/delivery/keys";
import { parseObjectKey } from "../../../lake/objectKey";
import { filesBelow } from "../../duckdb/files";

const PART = /([^/]+)\/dt=[^/]+\/hour=[^/]+\/[^/]+\.parquet$/;

/** The table of an object's key: of raw rows, of unformatted records, or of a Parquet file. */
export function tableOfKey(key: string): string | undefined {
  return (parseDeliveredKey(key) ?? parseObjectKey(key))?.table ?? PART.exec(key)?.[1];
}

export function keyOf(lakeDir: string, file: string): string {
  return path.relative(lakeDir, file).split(path.sep).join("/");
}

/** @param deliveryStream the physical name; all delivery streams when absent */
export function deliveredTables(lakeDir: string, deliveryStream = ""): ReadonlySet<string> {
  const own = deliveryStream === "" ? "" : `${deliveryStream}-`;
  const tables = filesBelow(lakeDir, ".ndjson.gz").flatMap((file) => {
    const object = path.basename(file).startsWith(own) ? parseDeliveredKey(keyOf(lakeDir, file)) : undefined;
    return object ? [object.table] : [];
  });
  return new Set(tables);
}
