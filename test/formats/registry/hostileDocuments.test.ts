/** XML, MessagePack, CBOR and compressed payloads that are built to be expensive: refused or decoded within bounded work. */

import { deflateSync } from "node:zlib";
import type { FormatsConfig } from "../../../formats/config";
import { FormatError } from "../../../formats/formatError";
import type { Limits } from "../../../formats/limits";
import { createDecoder } from "../support/createDecoder";

const MEBIBYTE = 1024 * 1024;
const ZLIB_BOMB = deflateSync(Buffer.alloc(60 * MEBIBYTE));
const ALL: FormatsConfig = { json: {}, ndjson: {}, csv: {}, xml: { rows: "r" }, messagepack: {}, cbor: {} };

function refusal(payload: string | Uint8Array, limits: Partial<Limits> = {}): string {
  try {
    createDecoder({ ...ALL, limits })(Buffer.from(payload as Uint8Array));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.reason} ${error.message}`;
  }
  return "decoded";
}

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const behind = (head: string, byte: number, count = MEBIBYTE) => Buffer.concat([hex(head), Buffer.alloc(count, byte)]);

describe("a payload built to be expensive is refused", () => {
  const deep = "more than 64 levels of objects and arrays (limits.depth)";
  test.each<[string, string | Uint8Array, string]>([
    ["1 MiB of <r>", "<r>".repeat(MEBIBYTE / 3), `limits formats/xml: ${deep}`],
    [
      "1 MiB of <",
      "<".repeat(MEBIBYTE),
      "format formats/unknown: 1048576 bytes of text match none of messagepack, cbor, json, ndjson, xml, csv",
    ],
    [
      "a name without end",
      `<${"a".repeat(MEBIBYTE)}`,
      "format formats/xml: a tag is not closed, or misses a space (position 1048577 of 1048577)",
    ],
    [
      "a comment without end",
      `<!--${" -".repeat(MEBIBYTE / 2)}`,
      "format formats/xml: a comment is not closed, or has -- in it (position 0 of 1048580)",
    ],
    [
      "quotes without end",
      `<r a="${"'".repeat(MEBIBYTE)}`,
      "format formats/xml: an attribute's quote is not closed (position 5 of 1048582)",
    ],
    [
      "references without end",
      `<r>${"&#0".repeat(MEBIBYTE / 3)}</r>`,
      "format formats/xml: & begins no character reference and no predefined entity (position 3 of 1048582)",
    ],
    [
      "a reference of zeros",
      `<r>&#${"0".repeat(MEBIBYTE)}</r>`,
      "format formats/xml: & begins no character reference and no predefined entity (position 3 of 1048585)",
    ],
    [
      "a declaration of blanks",
      `<?xml${" ".repeat(MEBIBYTE)}`,
      "format formats/xml: the XML declaration is not of version 1 (position 0 of 1048581)",
    ],
    [
      "a billion laughs",
      '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><r>&b;</r>',
      "format formats/xml: a DOCTYPE or another declaration is not read (position 0 of 61)",
    ],
    [
      "too many attributes",
      `<r ${Array.from({ length: 2001 }, (_, index) => `a${index}="1"`).join(" ")}/>`,
      "limits formats/xml: more than 2000 columns (limits.columns)",
    ],
    [
      "too many XML rows",
      `<x>${"<r/>".repeat(100_001)}</x>`,
      "limits formats/xml: more than 100000 rows (limits.rows)",
    ],
    [
      "too many XML values",
      `<r>${"<a/>".repeat(2_000_001)}</r>`,
      "limits formats/xml: more than 2000000 values (limits.values)",
    ],
    [
      "1 MiB of MessagePack maps in maps",
      Buffer.from("81a161".repeat(MEBIBYTE / 3), "hex"),
      `limits formats/messagepack: ${deep}`,
    ],
    ["1 MiB of MessagePack arrays in arrays", behind("81a161", 0x91), `limits formats/messagepack: ${deep}`],
    [
      "a MessagePack map of 2^32 - 1",
      behind("dfffffffffa0", 0xc0),
      "limits formats/messagepack: more than 2000 columns (limits.columns)",
    ],
    [
      "a MessagePack array of 2^32 - 1",
      behind("81a161ddffffffff", 0xc0),
      "format formats/messagepack: byte 8 of 1048584: the payload is cut short",
    ],
    [
      "a MessagePack text of 2^32 - 1",
      behind("81a161dbffffffff", 0x20),
      "format formats/messagepack: byte 8 of 1048584: the payload is cut short",
    ],
    [
      "too many MessagePack rows",
      Buffer.alloc(MEBIBYTE, 0x80),
      "limits formats/messagepack: more than 100000 rows (limits.rows)",
    ],
    [
      "too many MessagePack values",
      behind("81a161dd00200000", 0xc0, 2 * MEBIBYTE),
      "limits formats/messagepack: more than 2000000 values (limits.values)",
    ],
    ["1 MiB of CBOR maps in maps", Buffer.from("a16161".repeat(MEBIBYTE / 3), "hex"), `limits formats/cbor: ${deep}`],
    ["1 MiB of CBOR arrays in arrays", behind("a16161", 0x9f), `limits formats/cbor: ${deep}`],
    ["1 MiB of CBOR tags", behind("a16161", 0xd5), `limits formats/cbor: ${deep}`],
    [
      "CBOR pieces of pieces",
      behind("a16161", 0x7f),
      "format formats/cbor: byte 5 of 1048579: a text or byte string has a piece of another kind",
    ],
    [
      "a CBOR map of 2^64 - 1",
      behind("bbffffffffffffffff60", 0x60),
      "limits formats/cbor: more than 2000 columns (limits.columns)",
    ],
    [
      "a CBOR text of 2^64 - 1",
      behind("a161617bffffffffffffffff", 0x20),
      "format formats/cbor: byte 12 of 1048588: the payload is cut short",
    ],
    ["too many CBOR rows", Buffer.alloc(MEBIBYTE, 0xa0), "limits formats/cbor: more than 100000 rows (limits.rows)"],
    [
      "too many CBOR values",
      behind("a161619f", 0xf6, 2 * MEBIBYTE),
      "limits formats/cbor: more than 2000000 values (limits.values)",
    ],
    [
      "too many CBOR members of unannounced number",
      Buffer.concat([
        hex("bf"),
        ...Array.from({ length: 2001 }, (_, index) =>
          Buffer.from(`d${String(index).padStart(4, "0")}`).fill(0x64, 0, 1),
        ).map((name) => Buffer.concat([name, hex("00")])),
      ]),
      "limits formats/cbor: more than 2000 columns (limits.columns)",
    ],
    [
      "a zlib bomb",
      ZLIB_BOMB,
      `limits formats/zlib: ${ZLIB_BOMB.length} bytes become more than 100 times their size (limits.expansion)`,
    ],
  ])("%s", (_, payload, expected) => {
    expect(refusal(payload)).toBe(expected);
  });
});

describe("a payload that is large but honest decodes", () => {
  const decode = createDecoder(ALL);
  test.each<[string, string | Uint8Array, number]>([
    ["64 XML levels", `${"<r>".repeat(64)}${"</r>".repeat(64)}`, 1],
    ["100,000 XML rows", `<x>${"<r/>".repeat(100_000)}</x>`, 100_000],
    ["2,000 attributes", `<r ${Array.from({ length: 2000 }, (_, index) => `a${index}="1"`).join(" ")}/>`, 1],
    ["300,000 values of one name", `<r>${"<a/>".repeat(300_000)}</r>`, 1],
    ["64 MessagePack levels", Buffer.from(`${"81a161".repeat(64)}c0`, "hex"), 1],
    ["100,000 MessagePack rows", Buffer.alloc(100_000, 0x80), 100_000],
    ["64 CBOR levels", Buffer.from(`${"a16161".repeat(64)}f6`, "hex"), 1],
    [
      "a CBOR text of 500,000 pieces",
      Buffer.concat([hex("a161617f"), Buffer.alloc(MEBIBYTE, "6161", "hex"), hex("ff")]),
      1,
    ],
  ])("%s", (_, payload, rows) => {
    expect(decode(Buffer.from(payload as Uint8Array)).rows).toHaveLength(rows);
  });
});

test("no error holds a part of the payload", () => {
  const secret = "4929-1234-5678";
  const payloads = [
    `<r card="${secret}"`,
    `<r><${secret}/></r>`,
    `<r>&${secret};</r>`,
    `<${secret.replaceAll(/\d/g, "x")}><r a="${secret}" a=""/>`,
    Buffer.concat([hex("82ae"), Buffer.from(secret), hex("01ae"), Buffer.from(secret), hex("01")]),
    Buffer.concat([hex("a26e"), Buffer.from(secret), hex("016e"), Buffer.from(secret), hex("01")]),
  ];
  const details = payloads.map((payload) => refusal(payload));

  expect(details.filter((detail) => detail === "decoded")).toEqual([]);
  expect(details.filter((detail) => detail.includes("4929"))).toEqual([]);
});
