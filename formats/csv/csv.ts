/** CSV: a header line and rows, or rows with declared columns. */

import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import { startsLikeJson } from "../json/start";
import { beyond, type Limits } from "../limits";
import type { DecodedRow, Row } from "../row";
import { CsvCells } from "./cells";
import { detectDelimiter } from "./dialect";
import { encodeCsv } from "./encode";
import { type CsvHeader, CsvHeaders } from "./header";
import { type CsvOptions, checkCsvOptions } from "./options";

/**
 * Claims text whose first line has a delimiter outside quotes, and any text where the columns or the delimiter are declared;
 * never text that begins with `{` or `[`. Values are strings exactly as they stand, an empty cell is `""`. Every row must
 * have as many cells as there are columns. An empty name in the header becomes `column_<position>`; a header that has a name
 * twice, or none at all, is refused.
 */
export const csv: Format<"csv", CsvOptions> = {
  name: "csv",
  check: checkCsvOptions,
  open(options, limits): FormatReader {
    const headers = new CsvHeaders(options, limits);
    const isDeclared = options.columns !== undefined || options.delimiter !== undefined;
    return {
      detect(payload) {
        if (!payload.isText || startsLikeJson(payload)) return false;
        return isDeclared || headers.recognizes(payload.text) || detectDelimiter(payload.text) !== undefined;
      },
      decode: (payload) => decodeRows(payload.text, headers.read(payload.text), limits),
    };
  },
  encode: encodeCsv,
};

function decodeRows(text: string, { names, template, delimiter, end }: CsvHeader, limits: Limits): DecodedRow[] {
  const lines = new CsvCells(text, delimiter, limits, end);
  const most = Math.min(limits.rows, Math.floor(limits.values / names.length));
  const rows: DecodedRow[] = [];
  for (let cells = lines.next(); cells !== undefined; cells = lines.next()) {
    if (cells.length !== names.length) {
      throw lines.errorHere(`${count(cells.length, "cell")} for ${count(names.length, "column")}`);
    }
    if (rows.length === most) {
      const limit = most < limits.rows ? "values" : "rows";
      throw new FormatError("csv", beyond(limit, limits[limit]), "limits");
    }
    const row: Row = { ...template };
    for (let index = 0; index < names.length; index++) row[names[index] as string] = cells[index] as string;
    rows.push({ row });
  }
  if (rows.length === 0) throw new FormatError("csv", "no rows", "empty");
  return rows;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
