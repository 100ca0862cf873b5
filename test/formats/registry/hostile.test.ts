/** Hostile payloads: refused or decoded within bounded work, and never able to reach a prototype. */

import { gzipSync } from "node:zlib";
import type { FormatsConfig } from "../../../formats/config";
import { FormatError } from "../../../formats/formatError";
import type { Limits } from "../../../formats/limits";
import { createDecoder } from "../support/createDecoder";

const MEBIBYTE = 1024 * 1024;
/** 60 MiB of NUL in some 60 kB. */
const BOMB = gzipSync(Buffer.alloc(60 * MEBIBYTE));
const layouts = [
  { name: "tick", magic: "d00d", endianness: "big", fields: [{ name: "__proto__", type: "u8" }] },
] as const;
const ALL: FormatsConfig = { json: {}, ndjson: {}, csv: {}, binary: { layouts } };

function refusal(payload: string | Uint8Array, limits: Partial<Limits> = {}): string {
  try {
    createDecoder({ ...ALL, limits })(Buffer.from(payload as Uint8Array));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return `${error.reason} ${error.message}`;
  }
  return "decoded";
}

describe("a payload built to be expensive is refused", () => {
  const deep = "limits formats/json: more than 64 levels of objects and arrays (limits.depth)";
  test.each<[string, string | Uint8Array, string]>([
    ["1 MiB of [", "[".repeat(MEBIBYTE), deep],
    ['1 MiB of {"":', '{"":'.repeat(MEBIBYTE / 4), deep],
    ["deep and well-formed", `{"a":${"[".repeat(5e5)}${"]".repeat(5e5)}}`, deep],
    ["deep behind an early string", `{"a":"]]]]","b":${"[".repeat(1000)}`, deep],
    [
      "1 MiB of quotes",
      '"'.repeat(MEBIBYTE),
      "format formats/unknown: 1048576 bytes of text match none of binary, json, ndjson, csv",
    ],
    [
      "a string that never ends",
      `{"a":"${"x".repeat(MEBIBYTE)}`,
      "format formats/json: 1048582 bytes do not parse as JSON (position 1048582)",
    ],
    [
      "a string of backslashes",
      `{"a":"${"\\".repeat(MEBIBYTE)}`,
      "format formats/json: 1048582 bytes do not parse as JSON (position 1048582)",
    ],
    ["a CSV quote bomb", `a,b\n"${'""'.repeat(MEBIBYTE / 2)}`, "format formats/csv: line 2: a quote is not closed"],
    [
      "quotes in every cell",
      `a,b\n${'",'.repeat(MEBIBYTE / 2)}`,
      "limits formats/csv: line 2: more than 2000 columns (limits.columns)",
    ],
    ["1 MiB of commas", ",".repeat(MEBIBYTE), "limits formats/csv: line 1: more than 2000 columns (limits.columns)"],
    [
      "a row of 1 MiB of commas",
      `a,b\n${",".repeat(MEBIBYTE)}`,
      "limits formats/csv: line 2: more than 2000 columns (limits.columns)",
    ],
    ["1 MiB of line ends", "\n".repeat(MEBIBYTE), "empty formats/unknown: 1048576 bytes of white space"],
    ["too many CSV rows", `a,b\n${"1,2\n".repeat(100_001)}`, "limits formats/csv: more than 100000 rows (limits.rows)"],
    [
      "too many CSV cells",
      `${Array.from({ length: 2000 }, (_, index) => index).join()}\n${`${",".repeat(1999)}\n`.repeat(1001)}`,
      "limits formats/csv: more than 2000000 values (limits.values)",
    ],
    ["too many NDJSON rows", '{"a":1}\n'.repeat(100_001), "limits formats/ndjson: more than 100000 rows (limits.rows)"],
    [
      "too many names in one object",
      JSON.stringify(Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`n${index}`, 0]))),
      "limits formats/json: more than 2000 columns (limits.columns)",
    ],
    [
      "too many array elements",
      `{"a":[${"0,".repeat(2_000_001)}0]}`,
      "limits formats/json: more than 2000000 values (limits.values)",
    ],
    [
      "too many frames",
      Buffer.from("d00d01".repeat(100_001), "hex"),
      "limits formats/binary: more than 100000 rows (limits.rows)",
    ],
    [
      "1 MiB of NUL",
      Buffer.alloc(MEBIBYTE),
      "format formats/unknown: 1048576 bytes of text match none of binary, json, ndjson, csv",
    ],
    [
      "UTF-16",
      Buffer.from("a,b\n1,2\n", "utf16le"),
      "format formats/unknown: 16 bytes of text match none of binary, json, ndjson, csv",
    ],
    [
      "more bytes than the limit",
      Buffer.alloc(17 * MEBIBYTE, " "),
      "too-large formats/unknown: more than 16777216 bytes (limits.payloadBytes)",
    ],
    [
      "a gzip bomb",
      BOMB,
      `limits formats/gzip: ${BOMB.length} bytes become more than 100 times their size (limits.expansion)`,
    ],
  ])("%s", (_, payload, expected) => {
    expect(refusal(payload)).toBe(expected);
  });
});

test("a gzip payload is held to the absolute limit where that is the lower one", () => {
  const payload = gzipSync(Buffer.alloc(MEBIBYTE, "x"));

  expect(refusal(payload, { expansion: 10_000, payloadBytes: 100_000 })).toMatch(
    /^too-large formats\/gzip: \d+ bytes become more than 100000 bytes \(limits.payloadBytes\)$/,
  );
});

test("a bomb of gzip costs no more memory than its limit", () => {
  const before = process.memoryUsage();
  refusal(BOMB);
  const after = process.memoryUsage();

  expect(after.arrayBuffers + after.external - before.arrayBuffers - before.external).toBeLessThan(30 * MEBIBYTE);
});

describe("a payload that is large but honest decodes", () => {
  test("a cell of half a million doubled quotes", () => {
    const decoded = createDecoder(ALL)(Buffer.from(`a,b\n"${'""'.repeat(500_000)}",2\n`));

    expect(decoded.rows[0]?.row).toEqual({ a: '"'.repeat(500_000), b: "2" });
  });

  test("a long cell of doubled quotes among characters of any plane", () => {
    const cell = 'Zürich 🌡 "東京" '.repeat(1_000);
    const decoded = createDecoder(ALL)(Buffer.from(`a,b\n"${cell.replaceAll('"', '""')}",2\n`));

    expect(decoded.rows[0]?.row).toEqual({ a: cell, b: "2" });
  });

  test("64 levels, 100,000 rows and 2,000 columns are within the limits", () => {
    const decode = createDecoder(ALL);
    const columns = Array.from({ length: 2000 }, (_, index) => `c${index}`);

    expect(decode(Buffer.from(`{"a":${"[".repeat(63)}${"]".repeat(63)}}`)).rows).toHaveLength(1);
    expect(decode(Buffer.from('{"a":1}\n'.repeat(100_000))).rows).toHaveLength(100_000);
    expect(decode(Buffer.from(`a,b\n${"1,2\n".repeat(100_000)}`)).rows).toHaveLength(100_000);
    expect(Object.keys(decode(Buffer.from(`${columns.join()}\n${columns.join()}\n`)).rows[0]?.row ?? {})).toHaveLength(
      2000,
    );
  });
});

describe("the name __proto__ is an ordinary name", () => {
  test.each<[string, string | Uint8Array]>([
    ["json", '{"__proto__":{"polluted":1}}'],
    ["json with a bigint", '{"__proto__":{"polluted":1},"n":12345678901234567890}'],
    ["ndjson", '{"__proto__":{"polluted":1}}\n{"__proto__":2}\n'],
    ["csv", "__proto__,b\npolluted,2\n"],
    ["binary", Buffer.from("d00d01", "hex")],
  ])("in %s", (_, payload) => {
    const row = createDecoder(ALL)(Buffer.from(payload as Uint8Array)).rows[0]?.row ?? {};

    expect(Object.keys(row)).toContain("__proto__");
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect((row as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test("no error holds a part of the payload", () => {
  const secret = "4929-1234-5678";
  const payloads = [
    `{"card":"${secret}"`,
    `{"card":${secret}}`,
    `card,x\n${secret}\n`,
    `card,x\n"${secret}"!,1`,
    secret,
    `["${secret}"]`,
  ];
  const details = payloads.map((payload) => refusal(payload));

  expect(details.filter((detail) => detail === "decoded")).toEqual([]);
  expect(details.filter((detail) => detail.includes("4929"))).toEqual([]);
});
