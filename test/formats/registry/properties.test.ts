/** What holds for all payloads: every format gives back what it encoded, and any bytes become rows or a FormatError. */

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { BinaryLayout } from "../../../formats/binary/layout";
import type { CsvOptions } from "../../../formats/csv/options";
import { FormatError } from "../../../formats/formatError";
import { readJson } from "../../../formats/json/reader";
import type { Row, Value } from "../../../formats/row";
import { stringifyRow } from "../../../formats/values/stringifyRow";
import { createDecoder } from "../support/createDecoder";
import { encode } from "../support/encode";

const layout: BinaryLayout = {
  name: "reading",
  magic: "534c01",
  endianness: "little",
  fields: [
    { name: "sensor", type: "u16" },
    { name: "delta", type: "i64" },
    { name: "total", type: "u64" },
    { type: "pad", bytes: 3 },
    { name: "celsius", type: "f64" },
    { name: "ratio", type: "f32" },
    { name: "at", type: "timestamp", unit: "ms" },
    { name: "site", type: "text", bytes: 12 },
    { name: "note", type: "text8" },
  ],
};
const big: BinaryLayout = { ...layout, name: "big", magic: "534c02", endianness: "big" };
const binary = { layouts: [layout, big], layoutColumn: "kind" };
const decode = createDecoder({ json: {}, ndjson: {}, csv: {}, binary });

const text = fc.string({ unit: "binary" });
const integer = (bits: bigint) => fc.bigInt({ min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n });
const unsafe = fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n });
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    unsafe,
    unsafe.map((number) => -number),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
}));
const jsonRow = fc.dictionary(fc.oneof(text, fc.constant("__proto__")), value, { maxKeys: 6 }) as fc.Arbitrary<Row>;

function narrow(number: bigint): number | bigint {
  return Number.isSafeInteger(Number(number)) ? Number(number) : number;
}
const binaryRow: fc.Arbitrary<Row> = fc.record({
  kind: fc.constantFrom("reading", "big"),
  sensor: fc.integer({ min: 0, max: 65_535 }),
  delta: integer(64n).map(narrow),
  total: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(narrow),
  celsius: fc.double({ noNaN: true, noDefaultInfinity: true }),
  ratio: fc.float({ noNaN: true, noDefaultInfinity: true }),
  at: fc
    .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  site: fc.string({ unit: fc.constantFrom("a", "é", " "), maxLength: 6 }),
  note: fc.string({ unit: "grapheme", maxLength: 8 }),
});

function rowsOf(payload: Uint8Array): Row[] {
  return decode(payload).rows.map(({ row }) => row);
}

describe("what is encoded decodes to the same rows", () => {
  test("json, with the exact text", () => {
    fc.assert(
      fc.property(jsonRow, (row) => {
        const decoded = decode(encode("json", [row]));

        expect(decoded.format).toBe("json");
        expect(decoded.rows.map((one) => one.json)).toEqual([stringifyRow(row)]);
        expect(stringifyRow(decoded.rows[0]?.row ?? {})).toBe(stringifyRow(row));
      }),
    );
  });

  test("ndjson", () => {
    fc.assert(
      fc.property(fc.array(jsonRow, { minLength: 2, maxLength: 6 }), (rows) => {
        const decoded = decode(encode("ndjson", rows));

        expect(decoded.format).toBe("ndjson");
        expect(decoded.rows.map(({ json }) => json)).toEqual(rows.map(stringifyRow));
      }),
    );
  });

  const delimiter = fc.constantFrom(undefined, ",", ";", "\t", "|");
  const names = fc.uniqueArray(
    text.filter((name) => name !== "" && !/^column_\d+$/.test(name)),
    { minLength: 2, maxLength: 5 },
  );
  test("csv with a header, whatever the delimiter", () => {
    const tables = names.chain((columns) =>
      fc.array(
        fc
          .tuple(...columns.map(() => text))
          .map((cells) => Object.fromEntries(columns.map((name, index) => [name, cells[index] as string]))),
        { minLength: 1, maxLength: 4 },
      ),
    );
    fc.assert(
      fc.property(tables, delimiter, (rows, chosen) => {
        const decoded = decode(encode("csv", rows, { delimiter: chosen } as CsvOptions));

        expect(decoded.format).toBe("csv");
        expect(decoded.rows.map(({ row }) => row)).toEqual(rows);
      }),
    );
  });

  test("csv of declared columns, one of them too, with and without a header", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), fc.boolean(), (cells, header) => {
        const options = { header, columns: ["only"] };
        const rows = cells.map((only) => ({ only }));

        expect(createDecoder({ csv: options })(encode("csv", rows, options)).rows.map(({ row }) => row)).toEqual(rows);
      }),
    );
  });

  test("binary, frames of two layouts mixed", () => {
    fc.assert(
      fc.property(fc.array(binaryRow, { minLength: 1, maxLength: 5 }), (rows) => {
        expect(rowsOf(encode("binary", rows, binary))).toEqual(rows);
      }),
    );
  });

  test("gzip around any of them", () => {
    fc.assert(
      fc.property(binaryRow, jsonRow, (frame, row) => {
        expect(rowsOf(gzipSync(encode("binary", [frame], binary)))).toEqual([frame]);
        expect(decode(gzipSync(encode("json", [row]))).rows[0]?.json).toBe(stringifyRow(row));
      }),
      { numRuns: 30 },
    );
  });
});

describe("any bytes become rows or a FormatError, and nothing else", () => {
  /** Decodes, or says why not; everything but a FormatError escapes and fails the test. */
  function outcome(payload: Uint8Array): string {
    try {
      const { rows } = decode(payload);
      expect(rows.length).toBeGreaterThan(0);
      for (const { row, json } of rows) {
        const line = json ?? stringifyRow(row);
        expect(line).not.toMatch(/[\n\r]/);
        expect(Object.keys(JSON.parse(line)).sort()).toEqual(Object.keys(row).sort());
      }
      return "rows";
    } catch (error) {
      if (error instanceof FormatError) return error.reason;
      throw error;
    }
  }
  const OUTCOMES = ["rows", "format", "too-large", "limits", "checksum", "empty"];

  test("random bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expect(OUTCOMES).toContain(outcome(bytes))));
  });

  test("text made of the characters that mean something", () => {
    const unit = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      ":",
      ",",
      ";",
      "|",
      "\t",
      "\n",
      "\r",
      "\\",
      "u",
      "0",
      "e",
      "-",
      " ",
      "a",
      "é",
      "\ufeff",
      "\0",
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (characters) =>
        expect(OUTCOMES).toContain(outcome(Buffer.from(characters))),
      ),
      { numRuns: 2000 },
    );
  });

  test("good payloads with one byte changed, cut or added", () => {
    const good = fc.oneof(
      jsonRow.map((row) => encode("json", [row])),
      fc.array(jsonRow, { minLength: 2, maxLength: 3 }).map((rows) => encode("ndjson", rows)),
      fc.array(fc.record({ a: text, b: text }), { minLength: 1, maxLength: 3 }).map((rows) => encode("csv", rows)),
      fc.array(binaryRow, { minLength: 1, maxLength: 3 }).map((rows) => encode("binary", rows, binary)),
      jsonRow.map((row) => gzipSync(encode("json", [row]))),
    );
    fc.assert(
      fc.property(
        good,
        fc.nat(),
        fc.nat(255),
        fc.constantFrom("change", "cut", "add"),
        (bytes, position, byte, what) => {
          const at = position % bytes.length;
          const tail = what === "cut" ? [] : [Buffer.from([byte]), bytes.subarray(what === "add" ? at : at + 1)];

          expect(OUTCOMES).toContain(outcome(Buffer.concat([bytes.subarray(0, at), ...tail])));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test("what a payload decodes to does not depend on the payloads before it", () => {
  const header = fc.constantFrom("a,b", "a,b;c", "a;b", '"a",b', "a,b,c", "\na,b");
  const rows = fc.array(fc.constantFrom("1,2", "1;2", "1,2;3", '"1",2', "1,2,3"), { maxLength: 3 });
  const payload = fc
    .tuple(header, rows, fc.constantFrom("\n", "\r\n", "\r"))
    .map(([first, rest, lineEnd]) => Buffer.from([first, ...rest].join(lineEnd)));
  const outcome = (decoder: typeof decode, bytes: Uint8Array) => {
    try {
      return decoder(bytes);
    } catch (error) {
      return (error as FormatError).message;
    }
  };
  fc.assert(
    fc.property(fc.array(payload, { minLength: 2, maxLength: 6 }), (payloads) => {
      const together = createDecoder();

      expect(payloads.map((bytes) => outcome(together, bytes))).toEqual(
        payloads.map((bytes) => outcome(createDecoder(), bytes)),
      );
    }),
  );
});

test("the strict JSON reader takes and refuses what JSON.parse does", () => {
  const refuse = () => new SyntaxError("refused");
  const unit = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    "\\",
    "u",
    "0",
    "1",
    ".",
    "e",
    "+",
    "-",
    " ",
    "a",
    "\n",
    "true",
    "null",
    "\u0001",
  );
  const source = fc.oneof(
    fc.string({ unit, maxLength: 12 }),
    fc.json(),
    fc.json().map((json) => json.slice(0, -1)),
  );
  fc.assert(
    fc.property(source, (json) => {
      const outcome = (parse: (source: string) => unknown) => {
        try {
          return JSON.stringify(parse(json), (_, member) => (typeof member === "bigint" ? Number(member) : member));
        } catch (error) {
          return (error as Error).name;
        }
      };

      expect(outcome((source) => readJson(source, refuse))).toBe(outcome(JSON.parse));
    }),
    { numRuns: 5000 },
  );
});
