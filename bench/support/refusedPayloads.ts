/** Small payloads that become very many values and are refused only afterwards, because they are cut short. */

import { encodeContainer } from "../../formats/avro/containerWrite";
import type { Row } from "../../formats/row";
import { encodeSingleObject } from "../../test/formats/support/schemaMessages";

const listOf = (items: string) => ({
  type: "record",
  name: "Lists",
  fields: [
    { name: "a", type: { type: "array", items } },
    { name: "b", type: "string" },
  ],
});
/** The schema that the router must declare to read the single object. */
export const NULLS = listOf("null");
/** Nearly as many values as a payload of any size may become; the row and the list themselves count too. */
const nulls: Row = { a: Array(262_000).fill(null), b: "" };
const numbers: Row = { a: Array(1_900_000).fill(0), b: "" };
const MARKER_BYTES = 16;
/** The number 2 in Avro's encoding. */
const TWO = 0x04;

export const REFUSED: Readonly<Record<string, () => Buffer>> = {
  "avro, a list of nulls cut short": () => encodeSingleObject(nulls, NULLS).subarray(0, -1),
  "avro, files of nulls cut short": () => withoutSecondRow(encodeContainer([nulls], NULLS)),
  "avro, compressed files of numbers cut short": () =>
    withoutSecondRow(encodeContainer([numbers], listOf("int"), "deflate")),
};

/** Changes the row count of a file of one row to two. */
function withoutSecondRow(file: Buffer): Buffer {
  file[file.indexOf(file.subarray(-MARKER_BYTES)) + MARKER_BYTES] = TWO;
  return file;
}
