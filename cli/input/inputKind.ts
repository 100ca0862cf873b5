/** Detects the kind of an input from its first bytes, by the formats' own signs where they have one. */
import { isUtf8 } from "node:buffer";
import { DEFAULT_LIMITS } from "../../formats/limits";
import { Payload } from "../../formats/payload";
import { xml } from "../../formats/xml/xml";
import { CommandError } from "../errors";

/** `binary` is a payload of a format without a sign of its own, such as MessagePack or Protobuf. */
export type InputKind = "csv" | "ndjson" | "json array" | "json" | "xml" | "avro" | "parquet" | "binary";

/**
 * @param name the file in messages
 * @throws CommandError for an empty input, and for one that no format reads
 */
export function inputKind(name: string, start: Buffer): InputKind {
  const utf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (utf16) throw new CommandError(`${name} is UTF-16; convert it to UTF-8`);
  if (start.length === 0) throw new CommandError(`${name} contains no records`);
  const latin = start.toString("latin1");
  if (latin.startsWith("PAR1")) return "parquet";
  if (latin.startsWith("Obj\u0001")) return "avro";
  const foreign = FOREIGN.find(([first]) => latin.startsWith(first))?.[1];
  if (foreign !== undefined) throw new CommandError(`${name} is ${foreign}; convert it to CSV, NDJSON or JSON`);
  // CSV may be in an older encoding, whose router refuses its rows by name; only other bytes are binary.
  if (start.includes(0) || isControl(start)) return "binary";
  if (XML.detect(new Payload(wholeCharacters(start)))) return "xml";
  const text = latin.replace(/^\u00ef\u00bb\u00bf/, "").trimStart();
  if (text.startsWith("[")) return "json array";
  if (!text.startsWith("{")) return "csv";
  // In NDJSON each line is a whole object; otherwise a value spans several lines.
  const first = text.split(/[\r\n]/, 1)[0] ?? "";
  return first.trimEnd().endsWith("}") || first.length === text.length ? "ndjson" : "json";
}

const XML = xml.open({}, DEFAULT_LIMITS);

const FOREIGN: readonly (readonly [string, string])[] = [
  ["PK\u0003\u0004", "a ZIP archive, as XLSX files are"],
  ["%PDF", "a PDF"],
  ["\u0089PNG", "an image"],
  ["\u00ff\u00d8\u00ff", "an image"],
];

/** True if the first byte is one that no text begins with, and the bytes are not UTF-8: MessagePack, CBOR, Protobuf. */
function isControl(start: Buffer): boolean {
  const first = start[0] as number;
  const isText = first >= 0x20 || first === 0x09 || first === 0x0a || first === 0x0d;
  return !isText || (first >= 0x80 && !isUtf8(wholeCharacters(start)));
}

/** Without the character that the end of the start may cut. */
function wholeCharacters(start: Buffer): Buffer {
  for (let cut = 0; cut < 4 && cut < start.length; cut++) {
    const bytes = start.subarray(0, start.length - cut);
    if (isUtf8(bytes)) return bytes;
  }
  return start;
}
