/** Compares XML, MessagePack and CBOR with the fastest codecs for Node: our rows, and the codec's values from the same bytes. */

import { XMLParser } from "fast-xml-parser";
import { Unpackr } from "msgpackr";
import { SaxesParser } from "saxes";
import { createDecoder } from "../test/formats/support/createDecoder";
import { encode } from "../test/formats/support/encode";
import { compare } from "./support/compare";
import { transaction as row } from "./support/transaction";

/** The package's types describe an ES module, although `require` can load it. */
const { Decoder } = require("cbor-x") as {
  Decoder: new (options: object) => { decode(bytes: Uint8Array): unknown };
};
const options = { rows: "transaction" };
const decode = createDecoder({ json: {}, ndjson: {}, csv: {}, messagepack: {}, cbor: {}, xml: options });
const messagePack = new Unpackr({ useRecords: false, mapsAsObjects: true });
const cbor = new Decoder({ useRecords: false, mapsAsObjects: true });
const xmlParser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" });
const payload = (format: "messagepack" | "cbor") => Buffer.from(encode(format, [row]));
const xml = (rows: number) => Buffer.from(encode("xml", Array(rows).fill(row), options));

/** Counts tags and runs of text only: saxes builds no values from them. */
function readTags(bytes: Buffer): number {
  let count = 0;
  const parser = new SaxesParser();
  parser.on("opentag", () => count++);
  parser.on("text", () => count++);
  parser.write(bytes.toString("utf8")).close();
  return count;
}

void compare("documents", [
  {
    name: "MessagePack",
    payload: payload("messagepack"),
    ours: decode,
    floorName: "msgpackr",
    floor: (bytes) => messagePack.unpack(bytes),
  },
  { name: "CBOR", payload: payload("cbor"), ours: decode, floorName: "cbor-x", floor: (bytes) => cbor.decode(bytes) },
  { name: "XML", payload: xml(1), ours: decode, floorName: "saxes", floor: readTags },
  { name: "XML, 50 rows", payload: xml(50), ours: decode, floorName: "saxes", floor: readTags },
  {
    name: "XML, 50 rows",
    payload: xml(50),
    ours: decode,
    floorName: "fast-xml-parser",
    floor: (bytes) => xmlParser.parse(bytes.toString("utf8")),
  },
]);
