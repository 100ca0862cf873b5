/** Makes records of NDJSON from rows. */
import { FormatError } from "../../formats/formatError";
import type { Row } from "../../formats/row";
import { stringifyRow } from "../../formats/values/stringifyRow";

/**
 * @param recordBytes the maximum size of a record; one of long rows has fewer rows
 * @throws FormatError for a row that exceeds a record
 */
export async function* rowLines(
  rows: AsyncIterable<Row>,
  rowsPerRecord: number,
  recordBytes: number,
): AsyncGenerator<{ readonly payload: Buffer; readonly place: string }> {
  let texts: string[] = [];
  let bytes = 0;
  let number = 0;
  const record = () => ({ payload: Buffer.from(texts.join("")), place: `row ${number - texts.length + 1}` });
  for await (const row of rows) {
    const text = `${stringifyRow(row)}\n`;
    const length = Buffer.byteLength(text);
    if (length > recordBytes) {
      const detail = `row ${number + 1}: ${length} bytes as JSON, and a record has room for ${recordBytes}`;
      throw new FormatError("ndjson", detail, "limits");
    }
    if (texts.length === rowsPerRecord || bytes + length > recordBytes) {
      yield record();
      texts = [];
      bytes = 0;
    }
    texts.push(text);
    bytes += length;
    number++;
  }
  if (texts.length > 0) yield record();
}
