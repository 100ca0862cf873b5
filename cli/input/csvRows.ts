/** A CSV file's rows as records of their own, each with the header before it so that it can be read alone. */
import path from "node:path";
import { readCsvFile } from "../../formats/csv/file";
import { FormatError } from "../../formats/formatError";
import { CommandError } from "../errors";
import type { OutgoingRecord } from "../send/outgoingRecord";
import { inputKind } from "./readInput";

/** @param withHeader false for routers whose columns are declared: the row's bytes alone */
export async function* csvRows(file: string, withHeader: boolean): AsyncGenerator<OutgoingRecord> {
  if ((await inputKind(file)) !== "csv") throw new CommandError(`${file} is JSON, not CSV`);
  const name = path.basename(file).slice(0, 200);
  try {
    // Without a header to repeat, the header line is the first of the rows, and no row of the data.
    const rows = readCsvFile(file, { rowsPerRecord: 1, header: withHeader });
    for await (const { payload, firstRow } of rows) {
      const row = withHeader ? firstRow : firstRow - 1;
      if (row > 0) yield { payload, partitionKey: `${name}/${row}`, made: { format: "csv" } };
    }
  } catch (error) {
    if (error instanceof FormatError) throw new CommandError(`${file}: ${error.detail}`, { cause: error });
    throw error;
  }
}
