/** Encodes rows as XML: every member becomes an element of its name, and a list repeats the element. */
import type { Row, Value } from "../row";
import type { XmlOptions } from "./options";
import { ILLEGAL_CHARACTER } from "./text";

const NAME = /^[A-Za-z_][-.\w]*$/;
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * One row becomes the document `<row>`. With `rows` declared, any number of rows become elements of that name in `<rows>`.
 * Numbers and booleans become text; null and empty lists are left out.
 *
 * @throws TypeError for names that are not plain XML names, characters that XML does not allow, and lists in lists
 */
export function encodeXml(rows: readonly Row[], options: XmlOptions): Buffer {
  if (options.rows !== undefined) {
    return Buffer.from(`<rows>${rows.map((row) => element(options.rows as string, row)).join("")}</rows>`);
  }
  const [row] = rows;
  if (!row || rows.length > 1) {
    throw new TypeError(`xml without "rows" holds one row a payload, got ${rows.length}; declare xml.rows`);
  }
  return Buffer.from(element("row", row));
}

function element(name: string, value: Value): string {
  if (value === null) return "";
  if (Array.isArray(value)) {
    if (value.some(Array.isArray)) throw new TypeError("xml holds no list in a list");
    return value.map((entry) => element(name, entry)).join("");
  }
  if (!NAME.test(name)) throw new TypeError(`xml needs names of letters, digits, "_", "-" and ".", got "${name}"`);
  const content =
    typeof value === "object"
      ? Object.entries(value)
          .map(([member, entry]) => element(member, entry))
          .join("")
      : escapeText(String(value));
  return content === "" ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function escapeText(text: string): string {
  if (ILLEGAL_CHARACTER.test(text) || LONE_SURROGATE.test(text)) {
    throw new TypeError("xml has no control characters, U+FFFE, U+FFFF and halves of surrogate pairs");
  }
  return text.replace(/[&<>\r]/g, (character) => ESCAPES[character] as string);
}
