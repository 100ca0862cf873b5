/** XML: one document per payload; one row, or one row for each element of a declared name. */
import type { Format, FormatReader } from "../format";
import { FormatError } from "../formatError";
import type { Limits } from "../limits";
import type { Payload } from "../payload";
import type { DecodedRow } from "../row";
import { encodeXml } from "./encode";
import { checkXmlOptions, type XmlOptions } from "./options";
import { readXmlRows } from "./rows";

/** White space, then a tag, a comment, a declaration or an instruction; `<3` and `<-` are text. */
const START = /^[\t\n\r ]*<(?:[?!]|[A-Za-z_:\u0080-\uffff][-.\w:\u0080-\uffff]*(?:[\t\n\r />]|$))/;

/**
 * Claims text that begins with a tag, a comment or a declaration. `readXmlRows` documents the conversion of elements to
 * rows. Only the five predefined entities and character references are supported, a DOCTYPE is refused, and nothing is
 * ever fetched.
 */
export const xml: Format<"xml", XmlOptions> = {
  name: "xml",
  check: checkXmlOptions,
  open: (options, limits): FormatReader => ({
    detect: (payload) => isOpenBracket(payload) && payload.isText && START.test(payload.text),
    decode: (payload) => decodeDocument(payload, options, limits),
  }),
  encode: encodeXml,
};

/** True if the first byte after white space is `<`; this check excludes other formats before their bytes are decoded as text. */
function isOpenBracket({ bytes, start }: Payload): boolean {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return bytes[at] === 0x3c;
}

function decodeDocument(payload: Payload, options: XmlOptions, limits: Limits): DecodedRow[] {
  if (!payload.isText) throw new FormatError("xml", `${payload.bytes.length} bytes are not UTF-8`);
  return readXmlRows(payload.text, options, limits, payload.unpacked).map((row) => ({ row }));
}
