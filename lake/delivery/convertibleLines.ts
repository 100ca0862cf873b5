/**
 * Writes rows as lines that Firehose converts to Parquet: the lake's own columns and the declared ones, each value in its
 * column's type. The values are found and converted by the rules of the flatten job, so that Firehose's conversion refuses none.
 */
import { stringifyRow } from "../../formats/values/stringifyRow";
import { type Column, type ColumnType, elementType } from "../columns";
import { recordId } from "../envelope";
import { isoOf } from "../hour";
import { type Refusal, refuse } from "../reasons";
import type { IncomingRecord } from "../record";
import { copiedValue } from "../warehouse/castText";
import { elementTexts, fieldTexts } from "../warehouse/fieldTexts";

/** Writes the row at a place of a record, given its JSON; refuses a row with a value that does not convert. */
export type LineWriter = (place: number, json: string) => string | Refusal;

/** @param columns the declared columns */
export function convertibleLines(columns: readonly Column[]): (record: IncomingRecord, format: string) => LineWriter {
  const texts = fieldTexts(columns);
  const names = columns.map(({ name }) => `,${JSON.stringify(name)}:`);
  return (record, format) => {
    const head = `{"_id":"${recordId(record.shard, record.sequenceNumber, record.subSequence)}.`;
    const own = `","_arrived":"${isoOf(record.arrivedMillis)}","_format":${JSON.stringify(format)}`;
    return (place, json) => {
      let members = "";
      const found = texts(json);
      for (const [index, { name, type }] of columns.entries()) {
        const value = jsonOf(found[index], type);
        if (value === undefined) return refuse("schema", `a value of ${name} does not convert to ${type}`, format);
        if (value !== NULL) members += names[index] + value;
      }
      return `${head}${place}${own}${members}}\n`;
    };
  };
}

const NULL = "null";

/** JSON that Firehose's deserializer reads into the column; undefined for a text that does not convert. */
function jsonOf(text: string | undefined, type: ColumnType): string | undefined {
  if (text === undefined) return NULL;
  const element = elementType(type);
  if (element) {
    const elements = elementTexts(text)?.map((each) => jsonOf(each, element));
    if (!elements) return text.trim() === "" ? NULL : undefined;
    return elements.includes(undefined) ? undefined : `[${elements.join(",")}]`;
  }
  if (type === "string") return stringifyRow({ s: text }).slice('{"s":'.length, -1);
  const { json = NULL, isChanged } = copiedValue(text, type);
  if (isChanged) return undefined;
  // Redshift refuses doubles that are nearer to zero; Parquet has them.
  return type === "double" && json === "0" ? String(Number(text)) : json;
}
